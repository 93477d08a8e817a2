//! The name that a caller most likely meant.

/// The nearest of `names`, when it is near enough to be a slip of the pen.
pub fn nearest<S: AsRef<str>>(wanted: &str, names: impl Iterator<Item = S>) -> Option<String> {
    let length = wanted.chars().count();
    if length > 100 {
        return None;
    }
    let limit = (length / 3).clamp(1, 3);
    let fold = |s: &str| s.to_lowercase().replace(['-', '.', ' '], "_");
    let target = fold(wanted);
    names
        .filter_map(|name| {
            // Insertions, deletions, replacements, swaps of neighbours.
            let distance = strsim::osa_distance(&target, &fold(name.as_ref()));
            (distance <= limit).then(|| (distance, name.as_ref().to_owned()))
        })
        .min()
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised() {
        let names = ["task_completed", "task_created", "message_sent"];
        assert_eq!(
            nearest("task_complted", names.iter()).as_deref(),
            Some("task_completed")
        );
        assert_eq!(
            nearest("TaskCompleted", names.iter()).as_deref(),
            Some("task_completed")
        );
        assert_eq!(
            nearest("message-sent", names.iter()).as_deref(),
            Some("message_sent")
        );
        assert_eq!(
            nearest("mesage_setn", names.iter()).as_deref(),
            Some("message_sent")
        );
    }

    #[test]
    fn other_words_are_not() {
        assert_eq!(nearest("invoice_paid", ["task_completed"].iter()), None);
        assert_eq!(nearest("", ["task_completed"].iter()), None);
    }
}
