# awk -f write_tables.awk TABLES DOCUMENT: the document with the figures of the tables, which scripts/bench has printed.
#
# A table of the document that has the heading of one of these gets its rows. Of others, as in the README, a row that
# begins with the same two cells gets the same ratio.
NR == FNR {
    if (!/^\|/) heading = ""
    else if (heading == "") heading = $0
    else {
        rows[heading] = rows[heading] $0 "\n"
        split($0, cell, "|")
        if (cell[4] ~ /[0-9]/) ratio[cell[2] "|" cell[3]] = cell[4]
    }
    next
}
!/^\|/ { inside = replaced = 0 }
/^\|/ && !inside {
    inside = 1
    if ($0 in rows) {
        replaced = 1
        printf "%s\n%s", $0, rows[$0]
    }
}
replaced { next }
/^\|/ {
    split($0, cell, "|")
    if (cell[2] "|" cell[3] in ratio) $0 = "|" cell[2] "|" cell[3] "|" ratio[cell[2] "|" cell[3]] "|"
}
{ print }
