//! Names that languages take, made of those of events and keys.

use rustc_hash::FxHashSet;

/// Letters beyond ASCII that stay in names: of scripts whose letters are one code point each that no normalization makes
/// into others. Python normalizes identifiers, and two names must not become one by that.
const LETTERS: [(u32, u32); 24] = [
    (0xC0, 0xD6),
    (0xD8, 0xF6),
    (0xF8, 0x131),
    (0x134, 0x13E),
    (0x141, 0x148),
    (0x14A, 0x17E),
    (0x180, 0x1BF),
    (0x1CD, 0x1DC),
    (0x1DE, 0x1F0),
    (0x1F4, 0x24F),
    (0x388, 0x38A),
    (0x38E, 0x3A1),
    (0x3A3, 0x3CE),
    (0x400, 0x481),
    (0x48A, 0x52F),
    (0x531, 0x556),
    (0x561, 0x586),
    (0x5D0, 0x5EA),
    (0x621, 0x63A),
    (0x641, 0x64A),
    (0x3041, 0x3094),
    (0x30A1, 0x30FA),
    (0x4E00, 0x9FA5),
    (0xAC00, 0xD7A3),
];

fn stays(c: char) -> bool {
    let code = u32::from(c);
    c.is_ascii_alphanumeric()
        || LETTERS
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&code))
}

/// Characters that one word of a name may have.
const MAX_NAME: usize = 60;

/// The words of a text. Letters that no name can have become their numbers.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in text.chars() {
        if words.iter().map(String::len).sum::<usize>() >= MAX_NAME {
            break;
        }
        match words.last_mut() {
            Some(last) if stays(c) => last.push(c),
            Some(last) if c.is_alphabetic() => last.push_str(&format!("u{:04X}", u32::from(c))),
            Some(last) if !last.is_empty() => words.push(String::new()),
            _ => {}
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// `order_shipped` as the name of a type, `OrderShipped`; never empty, and never with a digit first.
pub(super) fn pascal(text: &str) -> String {
    let mut name = String::new();
    for word in words(text) {
        // Digits that met would be other ones.
        if name.ends_with(|c: char| c.is_ascii_digit())
            && word.starts_with(|c: char| c.is_ascii_digit())
        {
            name.push('_');
        }
        let mut letters = word.chars();
        if let Some(first) = letters.next() {
            let mut upper = first.to_uppercase();
            match (upper.next(), upper.next()) {
                (Some(one), None) if stays(one) => name.push(one),
                _ => name.push(first),
            }
            name.push_str(letters.as_str());
        }
    }
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, 'T');
    }
    name
}

/// The name of a field in Python, `order_id`; never empty, and never with a digit or an underscore first.
pub(super) fn snake(text: &str) -> String {
    // Underscores at the end have a meaning for some, and none for the language.
    let name = words(text).join("_");
    match name.chars().next() {
        None => "field".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("field_{name}"),
        Some(_) => name,
    }
}

/// Whether a text is an identifier, as plain as one can be.
pub(super) fn is_plain(text: &str) -> bool {
    let mut letters = text.chars();
    letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && letters.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Names that are taken, and one for whoever comes next.
#[derive(Debug)]
pub(super) struct Taken {
    names: FxHashSet<String>,
    /// with a name, those that end so too are taken
    endings: &'static [&'static str],
}

impl Taken {
    /// These names are taken from the beginning.
    pub fn with(names: &[&str], endings: &'static [&'static str]) -> Taken {
        Taken {
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            endings,
        }
    }

    /// Takes a name, or where somebody has it, that with a number: the first number that is free.
    pub fn take(&mut self, name: String) -> String {
        let mut numbered = (2..).map(|number| format!("{name}_{number}"));
        let mut free = name.clone();
        while !self.is_free(&free) {
            match numbered.next() {
                Some(next) => free = next,
                // There are more numbers than names.
                None => break,
            }
        }
        let ended = self.endings.iter().map(|end| format!("{free}{end}"));
        self.names.extend(ended);
        self.names.insert(free.clone());
        free
    }

    fn is_free(&self, name: &str) -> bool {
        !self.names.contains(name)
            && self
                .endings
                .iter()
                .all(|end| !self.names.contains(&format!("{name}{end}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_become_names() {
        assert_eq!(pascal("order_shipped"), "OrderShipped");
        assert_eq!(pascal("invoice.paid-twice"), "InvoicePaidTwice");
        assert_eq!(pascal("userID"), "UserID");
        assert_eq!(pascal("2fa.enabled"), "T2faEnabled");
        assert_eq!(pascal("v1.2"), "V1_2");
        assert_eq!(pascal("größe_geändert"), "GrößeGeändert");
        assert_eq!(pascal("заказ_создан"), "ЗаказСоздан");
        assert_eq!(pascal("ß"), "ß");
        assert_eq!(pascal("½"), "T");
        assert_eq!(pascal("ﬁx"), "UFB01x");
        assert_eq!(pascal("注文.確定"), "注文確定");
        assert_eq!(pascal("\u{1F600}"), "T");
        assert_eq!(snake("order-id"), "order_id");
        assert_eq!(snake("__init__"), "init");
        assert_eq!(snake("2fa"), "field_2fa");
        assert_eq!(snake("$"), "field");
    }

    #[test]
    fn a_name_is_given_once() {
        let mut taken = Taken::with(&["Event"], &["Dict"]);
        let mut take = |name: &str| taken.take(name.to_owned());
        assert_eq!(
            [take("Event"), take("A"), take("A"), take("A")],
            ["Event_2", "A", "A_2", "A_3"]
        );
        // One who comes with the numbered name gets another.
        assert_eq!(take("A_2"), "A_2_2");
        // So does one who would end as another one does.
        assert_eq!(
            [take("ADict"), take("BDict"), take("B")],
            ["ADict_2", "BDict", "B_2"]
        );
    }

    proptest! {
        #[test]
        fn every_text_has_a_name(text in any::<String>()) {
            for name in [pascal(&text), snake(&text)] {
                let mut letters = name.chars();
                let first = letters.next().unwrap();
                prop_assert!(first.is_alphabetic() && stays(first), "{name}");
                prop_assert!(letters.all(|c| c == '_' || stays(c)), "{name}");
                prop_assert!(name.len() < 4 * MAX_NAME, "{name}");
            }
        }
    }
}
