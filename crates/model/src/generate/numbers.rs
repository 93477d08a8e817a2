//! Numbers of schemas, and which of them a double holds.

use super::shape::NumberRules;
use serde_json::Number;

/// The integers that a double tells apart from their neighbours end here.
const SAFE: i64 = (1 << 53) - 1;

/// A number as JavaScript writes it; none where it would read another one.
pub(super) fn literal(number: &Number) -> Option<String> {
    if let Some(whole) = number.as_i64() {
        return (whole.abs() <= SAFE).then(|| whole.to_string());
    }
    let text = number.to_string();
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text.as_str(), 0),
    };
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let significant = digits.trim_start_matches('0').trim_end_matches('0').len();
    let float = number.as_f64().filter(|float| float.is_finite())?;
    let is_exact = significant <= 15
        && exponent.abs() < 280
        && (float == 0.0 || (1e-290..1e290).contains(&float.abs()))
        && (float.fract() != 0.0 || float.abs() <= SAFE as f64);
    is_exact.then_some(text)
}

/// Whether all numbers that these rules let pass are integers that a double holds.
pub(super) fn are_safe(rules: &NumberRules) -> bool {
    let within = |bound: &Option<Number>, far: fn(f64) -> bool| {
        let bound = bound.as_ref().and_then(Number::as_f64);
        bound.is_some_and(|bound| !far(bound))
    };
    let too_low: fn(f64) -> bool = |bound| bound < -(SAFE as f64);
    let too_high: fn(f64) -> bool = |bound| bound > SAFE as f64;
    rules.whole
        && (within(&rules.minimum, too_low) || within(&rules.above, too_low))
        && (within(&rules.maximum, too_high) || within(&rules.below, too_high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_double_holds_is_a_literal() {
        for (text, written) in [
            ("1", Some("1")),
            ("-9007199254740991", Some("-9007199254740991")),
            ("9007199254740992", None),
            ("0.1", Some("0.1")),
            ("1.50", Some("1.50")),
            ("0.1234567890123456789", None),
            ("1e400", None),
            ("1e20", None),
            ("1e-300", None),
            ("123456789012345.5", None),
            ("-0.0", Some("-0.0")),
        ] {
            let number: Number = serde_json::from_str(text).unwrap();
            assert_eq!(literal(&number).as_deref(), written, "{text}");
        }
    }

    #[test]
    fn bounds_prove_that_integers_are_safe() {
        let rules = |minimum: i64, maximum: i64| NumberRules {
            whole: true,
            minimum: Some(minimum.into()),
            maximum: Some(maximum.into()),
            ..NumberRules::default()
        };
        assert!(are_safe(&rules(0, SAFE)));
        assert!(!are_safe(&rules(0, SAFE + 1)));
        assert!(!are_safe(&rules(i64::MIN, 0)));
        let open = NumberRules {
            maximum: None,
            ..rules(0, 1)
        };
        assert!(!are_safe(&open));
    }
}
