//! The laws of changes through SQL, over documents that are generated from a fixed seed, against what plain SQL finds
//! with a full join of `jsonb_each`.

use pg_eventlog_tests::Database;

/// Pairs of documents: the second is the first with some fields gone, come, replaced, or written with another scale.
const DOCUMENTS: &str = r#"
    select setseed(0.25);
    create table public.twin (n int, one jsonb, same jsonb);
    -- Values of every kind, each with an equal one that is written otherwise where that can be.
    insert into public.twin
    select n, coalesce(one, 'null'), coalesce(same, 'null')
    from (
        select n, one, case
                when jsonb_typeof(one) = 'number' then to_jsonb((one #>> '{}')::numeric * 1.000)
                else one
            end as same
        from (
            select n, case n % 6
                    when 0 then to_jsonb(round((random() * 1e12)::numeric - 5e11, (random() * 9)::int))
                    when 1 then to_jsonb(left(repeat(md5(n::text) || 'ä€🎉', 9), (random() * random() * 300)::int))
                    when 2 then to_jsonb(random() < 0.5)
                    when 3 then 'null'
                    when 4 then to_jsonb((random() * 1000)::bigint)
                    else to_jsonb(''::text)
                end as one
            from generate_series(1, 3000) n
        ) leaves
    ) both_forms;
    -- The same in arrays and objects.
    insert into public.twin
    select 3000 + t.n, case t.n % 3 when 0 then jsonb_build_array(t.one, u.one) when 1 then jsonb_build_object('x', t.one)
            else jsonb_build_object('a', jsonb_build_array(jsonb_build_array(t.one), u.one), 'long', u.one) end,
        case t.n % 3 when 0 then jsonb_build_array(t.same, u.same) when 1 then jsonb_build_object('x', t.same)
            else jsonb_build_object('a', jsonb_build_array(jsonb_build_array(t.same), u.same), 'long', u.same) end
    from public.twin t join public.twin u on u.n = 1 + t.n * 7 % 3000;
    create index on public.twin (n);

    create table public.field (doc int, key text, old jsonb, new jsonb);
    insert into public.field
    select f.doc, f.key,
        case when fate <> 'comes' then one.one end,
        case fate when 'stays' then one.one when 'comes' then one.one when 'rescaled' then one.same when 'replaced' then other.one end
    from (
        select doc, repeat(chr(97 + (k % 26)), 1 + k % 9) || k as key, 1 + (random() * 5999)::int as value, 1 + (random() * 5999)::int as replacement,
            (array['stays', 'stays', 'stays', 'stays', 'stays', 'stays', 'rescaled', 'replaced', 'goes', 'comes'])[1 + (random() * 9)::int] as fate
        from generate_series(1, 4000) doc, generate_series(1, doc * 37 % 60) k
        offset 0
    ) f
    join public.twin one on one.n = f.value
    join public.twin other on other.n = f.replacement;

    create table public.pair as
    select doc, coalesce(jsonb_object_agg(key, old) filter (where old is not null), '{}') as old,
        coalesce(jsonb_object_agg(key, new) filter (where new is not null), '{}') as new
    from (select * from public.field union all select d, 'unchanged', '1', '1' from generate_series(1, 4000) d) f
    group by doc;

    -- How one would write it without the extension.
    create function public.plain_changes(old jsonb, new jsonb) returns jsonb language sql immutable as $$
        select coalesce(jsonb_object_agg(key,
            case when o.value is null then '{}' else jsonb_build_object('old', o.value) end
            || case when n.value is null then '{}' else jsonb_build_object('new', n.value) end), '{}')
        from jsonb_each($1) o full join jsonb_each($2) n using (key)
        where o.value is distinct from n.value
    $$;
"#;

/// Counts the pairs and those of them that hold to each law, which must be all.
#[track_caller]
fn all_hold(laws: &[(&str, &str)]) {
    let database = Database::fresh();
    let mut client = database.admin();
    client.batch_execute(DOCUMENTS).unwrap();
    let row = client
        .query_one(
            "select count(*), count(*) filter (where eventlog.field_changes(old, new) <> '{}'),
                 (select count(*) from public.field where old = new and old::text <> new::text)
             from public.pair",
            &[],
        )
        .unwrap();
    let (pairs, differing, rescaled): (i64, i64, i64) = (row.get(0), row.get(1), row.get(2));
    assert!(
        pairs == 4000 && differing > 3000 && rescaled > 500,
        "the documents are not what they are meant to be: {pairs} {differing} {rescaled}"
    );
    for (law, condition) in laws {
        let broken = client
            .query_one(
                &format!(
                    "select count(*), min(doc) from public.pair, eventlog.field_changes(old, new) changes
                     where ({condition}) is not true"
                ),
                &[],
            )
            .unwrap();
        let (count, first): (i64, Option<i32>) = (broken.get(0), broken.get(1));
        assert_eq!(count, 0, "{law}: first broken by document {first:?}");
    }
}

#[test]
fn changes_are_those_of_a_full_join() {
    all_hold(&[
        (
            "the text is that of plain SQL",
            "changes::text = public.plain_changes(old, new)::text",
        ),
        (
            "the bytes are those that Postgres writes",
            "pg_column_size(eventlog.field_changes(old, new)) = pg_column_size(public.plain_changes(old, new)::text::jsonb)
             and jsonb_hash_extended(changes, 7) = jsonb_hash_extended(changes::text::jsonb, 7)",
        ),
        (
            "there are changes where the documents differ",
            "(changes = '{}') = (old = new)",
        ),
        (
            "lists of fields restrict",
            "eventlog.field_changes(old, new, (select array_agg(k) from jsonb_object_keys(old || new) k where k ~ '[0-4]$'),
                 '{b2,d4,zzz}')
             = (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(changes)
                where key ~ '[0-4]$' and key <> all ('{b2,d4,zzz}'))",
        ),
    ]);
}

#[test]
fn changes_lead_both_ways() {
    all_hold(&[
        ("apply", "eventlog.apply_changes(old, changes) = new"),
        ("revert", "eventlog.revert_changes(new, changes) = old"),
        (
            "apply, byte by byte but for scale",
            "eventlog.apply_changes(old, changes)::text = (
                 select jsonb_object_agg(key, case when o.value = n.value then o.value else n.value end)::text
                 from jsonb_each(old) o right join jsonb_each(new) n using (key))",
        ),
        (
            "the bytes are those that Postgres writes",
            "pg_column_size(eventlog.apply_changes(old, changes)) = pg_column_size(eventlog.apply_changes(old, changes)::text::jsonb)",
        ),
        (
            "nothing differs from itself",
            "eventlog.field_changes(old, old) = '{}' and eventlog.field_changes(new, new) = '{}'",
        ),
        (
            "the way back is the way there",
            "eventlog.apply_changes(new, eventlog.field_changes(new, old)) = eventlog.revert_changes(new, changes)",
        ),
    ]);
}
