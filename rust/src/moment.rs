//! Moments as values of templates.
//!
//! The template engine lets no object take part in `+`, `-` and `<`, and manifests write
//! `now_utc() - duration('P1D')`. So a moment is an integer: kind * 2^110 + months * 2^80 +
//! microseconds since 1970; a duration is the same with kind 0. Sums and comparisons of the integers
//! are then those of the moments. Integers of that size in data never become integers here (see
//! json.rs), so the two cannot be confused.

use minijinja::Value;

use crate::{civil, formats};

const KIND: i128 = 1 << 110;
const MONTH: i128 = 1 << 80;

/// Data with integers at or beyond this keep them as text.
pub const INTEGER_MAX: i128 = 1 << 99;

const DATE_TIME: i128 = 1;
const DATE: i128 = 2;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    pub micros: i64,
    pub date_only: bool,
}

fn nearest(value: i128, unit: i128) -> i128 {
    (value + unit / 2).div_euclid(unit)
}

impl Moment {
    pub fn value(self) -> Value {
        let kind = if self.date_only { DATE } else { DATE_TIME };
        Value::from(kind * KIND + i128::from(self.micros))
    }

    /// The moment that an integer stands for, if it does.
    pub fn of_integer(value: i128) -> Option<Moment> {
        let kind = nearest(value, KIND);
        if kind != DATE_TIME && kind != DATE {
            return None;
        }
        let rest = value - kind * KIND;
        let months = nearest(rest, MONTH);
        let micros = rest - months * MONTH;
        if !civil::in_range(micros) {
            return None;
        }
        let micros = civil::add_months(micros as i64, i64::try_from(months).ok()?)?;
        Some(Moment { micros, date_only: kind == DATE })
    }

    pub fn of(value: &Value) -> Option<Moment> {
        if !value.is_integer() {
            return None;
        }
        Moment::of_integer(i128::try_from(value.clone()).ok()?)
    }

    pub fn text(self) -> String {
        if self.date_only {
            return formats::format(self.micros, "%Y-%m-%d");
        }
        formats::iso(self.micros)
    }
}

pub fn duration(months: i64, micros: i64) -> Value {
    Value::from(i128::from(months) * MONTH + i128::from(micros))
}

/// Replaces the integers of moments in a text: the engine itself prints them when it joins texts.
pub fn spelled(text: String) -> String {
    const DIGITS: usize = 34;
    if text.len() < DIGITS || !text.bytes().any(|b| b.is_ascii_digit()) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let n = rest[start..].bytes().take_while(u8::is_ascii_digit).count();
        let digits = &rest[start..start + n];
        let moment =
            (n == DIGITS).then(|| digits.parse().ok()).flatten().and_then(Moment::of_integer);
        out.push_str(&rest[..start]);
        match moment {
            Some(moment) => out.push_str(&moment.text()),
            None => out.push_str(digits),
        }
        rest = &rest[start + n..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_integers_are_sums_of_moments() {
        let moment = Moment { micros: 1_484_685_125_000_000, date_only: false };
        let later = i128::try_from(moment.value()).unwrap()
            + i128::try_from(duration(1, 1_000_000)).unwrap();
        let earlier =
            i128::try_from(moment.value()).unwrap() - i128::try_from(duration(1, 0)).unwrap();
        assert_eq!(Moment::of_integer(later).unwrap().text(), "2017-02-17T20:32:06+00:00");
        assert_eq!(Moment::of_integer(earlier).unwrap().text(), "2016-12-17T20:32:05+00:00");
        assert_eq!(Moment::of_integer(5), None);
        assert_eq!(spelled(format!("at {}.", moment.value())), "at 2017-01-17T20:32:05+00:00.");
    }
}
