//! Times as text: Python's directives, the few more that manifests know, and ISO 8601.

use crate::civil::{self, Civil, MICROS_PER_DAY, MICROS_PER_SECOND};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// What has been read so far.
struct Read {
    civil: Civil,
    offset_minutes: i64,
    afternoon: Option<bool>,
    day_of_year: Option<i64>,
    epoch: Option<i128>,
}

struct Cursor<'a> {
    rest: &'a str,
}

impl Cursor<'_> {
    fn digits(&mut self, min: usize, max: usize) -> Option<(i64, usize)> {
        let n = self.rest.bytes().take(max).take_while(u8::is_ascii_digit).count();
        if n < min {
            return None;
        }
        let value = self.rest[..n].parse().ok()?;
        self.rest = &self.rest[n..];
        Some((value, n))
    }

    fn number(&mut self, min: usize, max: usize) -> Option<i64> {
        self.digits(min, max).map(|(value, _)| value)
    }

    fn take(&mut self, text: &str) -> bool {
        let taken = self.rest.strip_prefix(text);
        self.rest = taken.unwrap_or(self.rest);
        taken.is_some()
    }

    fn name(&mut self, names: &[&str], short: bool) -> Option<i64> {
        for (i, name) in names.iter().enumerate() {
            let name = if short { &name[..3] } else { name };
            if self.rest.get(..name.len()).is_some_and(|s| s.eq_ignore_ascii_case(name)) {
                self.rest = &self.rest[name.len()..];
                return Some(i as i64);
            }
        }
        None
    }

    /// A fraction of a second of any length, as microseconds; what is finer is cut off.
    fn fraction(&mut self) -> Option<i64> {
        let n = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        if n == 0 {
            return None;
        }
        let mut digits: String = self.rest[..n.min(6)].to_string();
        while digits.len() < 6 {
            digits.push('0');
        }
        self.rest = &self.rest[n..];
        digits.parse().ok()
    }

    /// `Z`, `+01:00`, `+0100`, `+01`.
    fn offset(&mut self) -> Option<i64> {
        if self.take("Z") || self.take("z") || self.take("UTC") {
            return Some(0);
        }
        let sign = if self.take("-") {
            -1
        } else if self.take("+") {
            1
        } else {
            return None;
        };
        let hours = self.number(2, 2)?;
        let colon = self.take(":");
        let minutes = match self.number(2, 2) {
            Some(minutes) => minutes,
            None if colon => return None,
            None => 0,
        };
        (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
    }

    fn seconds_with_fraction(&mut self) -> Option<i128> {
        let negative = self.take("-");
        let whole = i128::from(self.number(1, 12)?);
        let fraction = if self.take(".") { i128::from(self.fraction().unwrap_or(0)) } else { 0 };
        let micros = whole * i128::from(MICROS_PER_SECOND) + fraction;
        Some(if negative { -micros } else { micros })
    }

    fn epoch(&mut self, unit: i64) -> Option<i128> {
        let negative = self.take("-");
        let whole = i128::from(self.number(1, 18)?) * i128::from(unit);
        Some(if negative { -whole } else { whole })
    }
}

const LONG_DIRECTIVES: [&str; 4] = ["%epoch_microseconds", "%s_as_float", "%_ms", "%ms"];

/// The directive at the start of `format` (which starts with `%`).
fn directive(format: &str) -> Option<&str> {
    for long in LONG_DIRECTIVES {
        if format.starts_with(long) {
            return Some(long);
        }
    }
    let next = format[1..].chars().next()?;
    Some(&format[..1 + next.len_utf8()])
}

fn read_one(at: &mut Cursor, directive: &str, read: &mut Read) -> Option<()> {
    let civil = &mut read.civil;
    match directive {
        "%Y" => civil.year = at.number(4, 4)?,
        "%y" => civil.year = at.number(2, 2).map(|y| if y < 69 { 2000 + y } else { 1900 + y })?,
        "%m" => civil.month = at.number(1, 2)?,
        "%d" | "%e" => civil.day = at.number(1, 2)?,
        "%H" => civil.hour = at.number(1, 2)?,
        "%I" => civil.hour = at.number(1, 2).filter(|h| (1..=12).contains(h))?,
        "%M" => civil.minute = at.number(1, 2)?,
        "%S" => civil.second = at.number(1, 2)?,
        "%f" | "%_ms" => civil.micro = at.fraction()?,
        "%j" => read.day_of_year = Some(at.number(1, 3)?),
        "%p" => read.afternoon = Some(at.name(&["AM", "PM"], false)? == 1),
        "%b" | "%h" => civil.month = at.name(&MONTHS, true)? + 1,
        "%B" => civil.month = at.name(&MONTHS, false)? + 1,
        "%a" => drop(at.name(&DAYS, true)?),
        "%A" => drop(at.name(&DAYS, false)?),
        "%z" => read.offset_minutes = at.offset()?,
        "%Z" => drop(at.take("UTC") || at.take("GMT") || at.take("Z")),
        "%s" => read.epoch = Some(at.epoch(MICROS_PER_SECOND)?),
        "%s_as_float" => read.epoch = Some(at.seconds_with_fraction()?),
        "%ms" => read.epoch = Some(at.epoch(1000)?),
        "%epoch_microseconds" => read.epoch = Some(at.epoch(1)?),
        "%T" => read_all(at, "%H:%M:%S", read)?,
        "%F" => read_all(at, "%Y-%m-%d", read)?,
        "%%" => at.take("%").then_some(())?,
        _ => return None,
    }
    Some(())
}

fn read_all(at: &mut Cursor, mut format: &str, read: &mut Read) -> Option<()> {
    while let Some(next) = format.chars().next() {
        if next == '%' {
            let directive = directive(format)?;
            read_one(at, directive, read)?;
            format = &format[directive.len()..];
            continue;
        }
        if next.is_whitespace() {
            at.rest = at.rest.trim_start();
        } else if !at.take(&format[..next.len_utf8()]) {
            return None;
        }
        format = &format[next.len_utf8()..];
    }
    Some(())
}

fn finish(read: Read) -> Option<i64> {
    if let Some(epoch) = read.epoch {
        return civil::in_range(epoch).then_some(epoch as i64);
    }
    let mut civil = read.civil;
    if let Some(afternoon) = read.afternoon {
        civil.hour = civil.hour % 12 + if afternoon { 12 } else { 0 };
    }
    let mut micros = civil.micros()?;
    if let Some(day) = read.day_of_year {
        micros += (day - civil.day_of_year()) * MICROS_PER_DAY;
    }
    micros -= read.offset_minutes * 60 * MICROS_PER_SECOND;
    civil::in_range(i128::from(micros)).then_some(micros)
}

fn empty() -> Read {
    let civil = Civil { year: 1900, month: 1, day: 1, hour: 0, minute: 0, second: 0, micro: 0 };
    Read { civil, offset_minutes: 0, afternoon: None, day_of_year: None, epoch: None }
}

/// Reads `text` whole by `format`, as Python's strptime does.
pub fn parse(text: &str, format: &str) -> Option<i64> {
    let mut at = Cursor { rest: text };
    let mut read = empty();
    read_all(&mut at, format, &mut read)?;
    if !at.rest.is_empty() {
        return None;
    }
    finish(read)
}

/// Reads any form of ISO 8601 that is met: a date; then, after `T` or a blank, a time, a fraction,
/// an offset. Seconds since 1970 too.
pub fn parse_iso(text: &str) -> Option<i64> {
    let text = text.trim();
    if text.len() > 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        return parse(text, if text.len() > 11 { "%ms" } else { "%s" });
    }
    let mut at = Cursor { rest: text };
    let mut read = empty();
    let civil = &mut read.civil;
    civil.year = at.number(4, 4)?;
    let dashes = at.take("-");
    civil.month = at.number(2, 2)?;
    if at.take("-") != dashes {
        return None;
    }
    civil.day = at.number(2, 2)?;
    if !at.rest.is_empty() && (at.take("T") || at.take("t") || at.take(" ")) {
        civil.hour = at.number(2, 2)?;
        let colons = at.take(":");
        civil.minute = at.number(2, 2)?;
        let seconds = if colons { at.take(":") } else { !at.rest.is_empty() };
        if seconds {
            if let Some(second) = at.number(2, 2) {
                civil.second = second;
            }
        }
        if at.take(".") || at.take(",") {
            civil.micro = at.fraction()?;
        }
        at.rest = at.rest.trim_start();
        if !at.rest.is_empty() {
            read.offset_minutes = at.offset()?;
        }
    }
    if !at.rest.is_empty() {
        return None;
    }
    finish(read)
}

fn write_one(out: &mut String, directive: &str, micros: i64) {
    let c = Civil::of(micros);
    let hour12 = if c.hour % 12 == 0 { 12 } else { c.hour % 12 };
    let month = MONTHS[(c.month - 1) as usize];
    let day = DAYS[c.weekday_from_sunday()];
    let text = match directive {
        "%Y" => format!("{:04}", c.year),
        "%y" => format!("{:02}", c.year % 100),
        "%m" => format!("{:02}", c.month),
        "%d" => format!("{:02}", c.day),
        "%e" => format!("{:2}", c.day),
        "%H" => format!("{:02}", c.hour),
        "%I" => format!("{hour12:02}"),
        "%M" => format!("{:02}", c.minute),
        "%S" => format!("{:02}", c.second),
        "%f" => format!("{:06}", c.micro),
        "%_ms" => format!("{:03}", c.micro / 1000),
        "%j" => format!("{:03}", c.day_of_year()),
        "%p" => (if c.hour < 12 { "AM" } else { "PM" }).to_string(),
        "%b" | "%h" => month[..3].to_string(),
        "%B" => month.to_string(),
        "%a" => day[..3].to_string(),
        "%A" => day.to_string(),
        "%w" => c.weekday_from_sunday().to_string(),
        "%z" => "+0000".to_string(),
        "%Z" => "UTC".to_string(),
        "%s" => micros.div_euclid(MICROS_PER_SECOND).to_string(),
        "%s_as_float" => format!("{:?}", micros as f64 / MICROS_PER_SECOND as f64),
        "%ms" => micros.div_euclid(1000).to_string(),
        "%epoch_microseconds" => micros.to_string(),
        "%T" => format(micros, "%H:%M:%S"),
        "%F" => format(micros, "%Y-%m-%d"),
        "%%" => "%".to_string(),
        other => other.to_string(),
    };
    out.push_str(&text);
}

pub fn format(micros: i64, mut format: &str) -> String {
    let mut out = String::new();
    while let Some(at) = format.find('%') {
        out.push_str(&format[..at]);
        format = &format[at..];
        let Some(directive) = directive(format) else { break };
        write_one(&mut out, directive, micros);
        format = &format[directive.len()..];
    }
    out.push_str(format);
    out
}

/// `2017-01-17T20:32:05+00:00`, with microseconds where there are any.
pub fn iso(micros: i64) -> String {
    let fraction = micros.rem_euclid(MICROS_PER_SECOND) != 0;
    format(micros, if fraction { "%Y-%m-%dT%H:%M:%S.%f+00:00" } else { "%Y-%m-%dT%H:%M:%S+00:00" })
}

/// An ISO 8601 duration, as months and microseconds.
pub fn parse_duration(text: &str) -> Option<(i64, i64)> {
    let negative = text.starts_with('-');
    let mut at = Cursor { rest: text.trim_start_matches(['-', '+']) };
    if !at.take("P") {
        return None;
    }
    let (mut months, mut micros, mut time, mut parts) = (0i64, 0i64, false, 0);
    while !at.rest.is_empty() {
        if !time && at.take("T") {
            time = true;
            continue;
        }
        let whole = at.number(1, 9)?;
        let fraction = if at.take(".") || at.take(",") { at.fraction()? } else { 0 };
        let unit = at.rest.chars().next()?;
        at.rest = &at.rest[unit.len_utf8()..];
        let seconds = match (unit, time) {
            ('Y', false) if fraction == 0 => {
                months += whole * 12;
                0
            }
            ('M', false) if fraction == 0 => {
                months += whole;
                0
            }
            ('W', false) => 7 * 86_400,
            ('D', false) => 86_400,
            ('H', true) => 3600,
            ('M', true) => 60,
            ('S', true) => 1,
            _ => return None,
        };
        let exact = i128::from(seconds) * (i128::from(whole) * 1_000_000 + i128::from(fraction));
        micros = micros.checked_add(i64::try_from(exact).ok()?)?;
        parts += 1;
    }
    if parts == 0 {
        return None;
    }
    Some(if negative { (-months, -micros) } else { (months, micros) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: i64 = 1_484_685_125_000_000;

    #[test]
    fn reads_what_it_writes() {
        for f in [
            "%Y-%m-%dT%H:%M:%SZ",
            "%s",
            "%ms",
            "%d %B %Y %I:%M:%S %p",
            "%a, %d %b %Y %T %z",
            "%Y-%m-%dT%H:%M:%S.%f%z",
            "%s_as_float",
            "%epoch_microseconds",
            "%Y-%jT%T",
            "%Y-%m-%dT%H:%M:%S.%_msZ",
        ] {
            assert_eq!(parse(&format(T, f), f), Some(T), "{f}: {}", format(T, f));
        }
        assert_eq!(format(T, "%Y-%m-%dT%H:%M:%SZ"), "2017-01-17T20:32:05Z");
    }

    #[test]
    fn reads_the_forms_of_iso_8601() {
        for text in [
            "2017-01-17T20:32:05Z",
            "2017-01-17 20:32:05",
            "20170117T203205Z",
            "2017-01-17T21:32:05+01:00",
            "2017-01-17T21:32:05.000+0100",
            "1484685125",
        ] {
            assert_eq!(parse_iso(text), Some(T), "{text}");
        }
        assert_eq!(parse_iso("2017-02-30"), None);
        assert_eq!(parse_iso("yesterday"), None);
    }

    #[test]
    fn reads_durations() {
        assert_eq!(parse_duration("P1Y2M3DT4H5M6.5S"), Some((14, 273_906_500_000)));
        assert_eq!(parse_duration("-P1W"), Some((0, -604_800_000_000)));
        assert_eq!(parse_duration("P"), None);
        assert_eq!(parse_duration("1 day"), None);
    }
}
