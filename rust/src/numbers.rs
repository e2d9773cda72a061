//! Numbers that leave as they were spelled.
//!
//! Templates compute with what the engine has: 128-bit integers and doubles. A number of the
//! context whose text a double does not give back (1.10, 1e400, integers of 40 digits) is noted
//! under its bits while a render lasts, and printed by that note. Two spellings that share a double
//! cannot both be noted: these stay texts.

use std::cell::RefCell;
use std::collections::HashMap;

use minijinja::Value;

use crate::moment::INTEGER_MAX;

thread_local! {
    static SPELLINGS: RefCell<HashMap<u64, String>> = RefCell::new(HashMap::new());
}

pub fn forget() {
    SPELLINGS.with(|spellings| spellings.borrow_mut().clear());
}

/// The value of a JSON number.
pub fn value_of(text: &str) -> Value {
    let integral = !text.contains(['.', 'e', 'E']);
    if integral && text != "-0" {
        if let Ok(integer) = text.parse::<i128>() {
            if integer.abs() < INTEGER_MAX {
                return Value::from(integer);
            }
        }
    }
    let double: f64 = text.parse().unwrap_or(f64::NAN);
    if plain(double) == text {
        return Value::from(double);
    }
    SPELLINGS.with(|spellings| {
        let mut spellings = spellings.borrow_mut();
        match spellings.get(&double.to_bits()) {
            Some(known) if known != text => Value::from(text),
            Some(_) => Value::from(double),
            None => {
                spellings.insert(double.to_bits(), text.to_string());
                Value::from(double)
            }
        }
    })
}

/// As Python prints a float.
fn plain(double: f64) -> String {
    let magnitude = double.abs();
    if magnitude != 0.0 && !(1e-4..1e16).contains(&magnitude) && magnitude.is_finite() {
        let text = format!("{double:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let exponent: i32 = exponent.parse().unwrap_or(0);
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{digits}e{sign}{:02}", exponent.abs());
    }
    format!("{double:?}")
}

pub fn text_of(double: f64) -> String {
    SPELLINGS
        .with(|spellings| spellings.borrow().get(&double.to_bits()).cloned())
        .unwrap_or_else(|| plain(double))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_leave_as_they_came() {
        forget();
        for text in [
            "1.10",
            "1e400",
            "12345678901234567890",
            "0.1",
            "-0",
            "3",
            "1E5",
            "123456789012345678901234567890123456789012345",
        ] {
            let value = value_of(text);
            let printed = match f64::try_from(value.clone()) {
                Ok(double) if !value.is_integer() => text_of(double),
                _ => value.to_string(),
            };
            assert_eq!(printed, text);
        }
        forget();
    }
}
