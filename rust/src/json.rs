//! JSON text and the engine's values, both ways; and Python literals, which are nearly JSON.

use minijinja::value::ValueKind;
use minijinja::Value;

use crate::moment::{self, Moment};
use crate::numbers;

const DEPTH_MAX: usize = 200;

struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
    python: bool,
}

/// None where `text` is not one JSON value.
pub fn parse(text: &str) -> Option<Value> {
    whole(text, false)
}

/// None where `text` is not one Python literal: numbers, strings, lists, dicts, True, False, None.
pub fn parse_python(text: &str) -> Option<Value> {
    whole(text, true)
}

fn whole(text: &str, python: bool) -> Option<Value> {
    let mut parser = Parser { bytes: text.as_bytes(), at: 0, python };
    let value = parser.value(0)?;
    parser.blanks();
    (parser.at == parser.bytes.len()).then_some(value)
}

impl Parser<'_> {
    fn blanks(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, text: &str) -> bool {
        let found = self.bytes[self.at..].starts_with(text.as_bytes());
        if found {
            self.at += text.len();
        }
        found
    }

    fn word(&mut self) -> Option<Value> {
        let words: [(&str, Value); 3] = if self.python {
            [("True", true.into()), ("False", false.into()), ("None", ().into())]
        } else {
            [("true", true.into()), ("false", false.into()), ("null", ().into())]
        };
        words.into_iter().find_map(|(word, value)| self.take(word).then_some(value))
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > DEPTH_MAX {
            return None;
        }
        self.blanks();
        match *self.bytes.get(self.at)? {
            b'{' => self.object(depth),
            b'[' => self.array(b']', depth),
            b'(' if self.python => self.array(b')', depth),
            b'"' => self.string(b'"').map(Value::from),
            b'\'' if self.python => self.string(b'\'').map(Value::from),
            b'-' | b'0'..=b'9' => self.number(),
            _ => self.word(),
        }
    }

    fn number(&mut self) -> Option<Value> {
        let start = self.at;
        while matches!(
            self.bytes.get(self.at),
            Some(b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')
        ) {
            self.at += 1;
        }
        let text = std::str::from_utf8(&self.bytes[start..self.at]).ok()?;
        let digits = text.trim_start_matches('-');
        let zeros =
            digits.len() > 1 && digits.starts_with('0') && digits.as_bytes()[1].is_ascii_digit();
        if zeros || text.parse::<f64>().is_err() {
            return None;
        }
        Some(numbers::value_of(text))
    }

    fn array(&mut self, close: u8, depth: usize) -> Option<Value> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.blanks();
            if self.bytes.get(self.at) == Some(&close) && (items.is_empty() || self.python) {
                break;
            }
            items.push(self.value(depth + 1)?);
            self.blanks();
            if !self.take(",") {
                break;
            }
        }
        if self.bytes.get(self.at) != Some(&close) {
            return None;
        }
        self.at += 1;
        Some(Value::from(items))
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        self.at += 1;
        let mut map: Vec<(Value, Value)> = Vec::new();
        loop {
            self.blanks();
            if self.bytes.get(self.at) == Some(&b'}') && (map.is_empty() || self.python) {
                break;
            }
            let key = self.value(depth + 1)?;
            if !self.python && key.as_str().is_none() {
                return None;
            }
            self.blanks();
            if !self.take(":") {
                return None;
            }
            let value = self.value(depth + 1)?;
            map.push((key, value));
            self.blanks();
            if !self.take(",") {
                break;
            }
        }
        if !self.take("}") {
            return None;
        }
        Some(Value::from_pairs(map))
    }

    fn string(&mut self, quote: u8) -> Option<String> {
        let triple = [quote; 3];
        if self.python && self.bytes[self.at..].starts_with(&triple) {
            let rest = &self.bytes[self.at + 3..];
            let end = rest.windows(3).position(|window| window == triple)?;
            self.at += end + 6;
            return String::from_utf8(rest[..end].to_vec()).ok();
        }
        self.at += 1;
        let mut out = Vec::new();
        loop {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            if byte == quote {
                return String::from_utf8(out).ok();
            }
            if byte == b'\\' {
                self.escape(&mut out)?;
            } else if byte < 0x20 {
                return None;
            } else {
                out.push(byte);
            }
        }
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> Option<()> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        let plain = match byte {
            b'n' => b'\n',
            b't' => b'\t',
            b'r' => b'\r',
            b'b' => 8,
            b'f' => 12,
            b'u' => {
                let c = self.code_point()?;
                out.extend(c.encode_utf8(&mut [0; 4]).bytes());
                return Some(());
            }
            b'"' | b'\\' | b'/' => byte,
            b'\'' if self.python => byte,
            _ => return None,
        };
        out.push(plain);
        Some(())
    }

    fn hex(&mut self) -> Option<u32> {
        let text = std::str::from_utf8(self.bytes.get(self.at..self.at + 4)?).ok()?;
        self.at += 4;
        u32::from_str_radix(text, 16).ok()
    }

    /// Half of a surrogate pair becomes the replacement character.
    fn code_point(&mut self) -> Option<char> {
        let first = self.hex()?;
        if (0xD800..0xDC00).contains(&first) && self.take("\\u") {
            let second = self.hex()?;
            if (0xDC00..0xE000).contains(&second) {
                return char::from_u32(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
            }
            return Some(char::REPLACEMENT_CHARACTER);
        }
        Some(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }
}

/// How a value is written.
#[derive(Clone, Copy)]
pub struct Style {
    pub comma: &'static str,
    pub colon: &'static str,
    pub quote: char,
    pub words: [&'static str; 3], // true, false, none
    pub sorted: bool,
}

pub const JSON: Style =
    Style { comma: ",", colon: ":", quote: '"', words: ["true", "false", "null"], sorted: false };
/// As Python's json.dumps.
pub const DUMPS: Style = Style { comma: ", ", colon: ": ", ..JSON };
/// As Python prints a list or a dict.
pub const PYTHON: Style = Style {
    comma: ", ",
    colon: ": ",
    quote: '\'',
    words: ["True", "False", "None"],
    sorted: false,
};

pub fn write(out: &mut String, value: &Value, style: Style) {
    if let Some(moment) = Moment::of(value) {
        return quoted(out, &moment.text(), style.quote);
    }
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => out.push_str(style.words[2]),
        ValueKind::Bool => out.push_str(style.words[usize::from(!value.is_true())]),
        ValueKind::Number => out.push_str(&number(value)),
        ValueKind::Seq | ValueKind::Iterable => sequence(out, value, style),
        ValueKind::Map => map(out, value, style),
        _ => quoted(out, &moment::spelled(value.to_string()), style.quote),
    }
}

pub fn to_string(value: &Value, style: Style) -> String {
    let mut out = String::new();
    write(&mut out, value, style);
    out
}

fn number(value: &Value) -> String {
    if value.is_integer() {
        return value.to_string();
    }
    f64::try_from(value.clone()).map_or_else(|_| value.to_string(), numbers::text_of)
}

fn sequence(out: &mut String, value: &Value, style: Style) {
    out.push('[');
    for (i, item) in value.try_iter().into_iter().flatten().enumerate() {
        if i > 0 {
            out.push_str(style.comma);
        }
        write(out, &item, style);
    }
    out.push(']');
}

fn map(out: &mut String, value: &Value, style: Style) {
    let mut keys: Vec<Value> = value.try_iter().into_iter().flatten().collect();
    if style.sorted {
        keys.sort();
    }
    out.push('{');
    for (i, key) in keys.iter().enumerate() {
        if i > 0 {
            out.push_str(style.comma);
        }
        match key.as_str() {
            Some(text) => quoted(out, text, style.quote),
            None if style.quote == '"' => quoted(out, &to_string(key, style), '"'),
            None => write(out, key, style),
        }
        out.push_str(style.colon);
        write(out, &value.get_item(key).unwrap_or_default(), style);
    }
    out.push('}');
}

fn quoted(out: &mut String, text: &str, quote: char) {
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if u32::from(c) < 0x20 => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push(quote);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_what_it_read() {
        for text in
            [r#"{"b":1.10,"a":[true,null,"\u0001é\\\""],"n":12345678901234567890}"#, "1e400"]
        {
            numbers::forget();
            assert_eq!(to_string(&parse(text).unwrap(), JSON), text);
        }
        assert_eq!(to_string(&parse(r#""\ud83d\ude00""#).unwrap(), JSON), "\"😀\"");
        for wrong in ["", "[1", "01", "{'a':1}", "True", "[1,]", "1 2"] {
            assert!(parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn reads_python_literals() {
        let value = parse_python("{'a': [1, None, True,], 'b': \"\"\"x\"y\"\"\"}").unwrap();
        assert_eq!(to_string(&value, JSON), r#"{"a":[1,null,true],"b":"x\"y"}"#);
        assert!(parse_python("007").is_none());
        assert!(parse_python("abc").is_none());
    }

    #[test]
    fn too_deep_is_no_value() {
        assert!(parse(&"[".repeat(100_000)).is_none());
    }
}
