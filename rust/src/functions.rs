//! What manifests may call, in two tables. More is added by adding a line.

use base64::engine::general_purpose::STANDARD;
use base64::Engine;
use hmac::{Hmac, Mac};
use minijinja::value::{Kwargs, Rest, ValueKind};
use minijinja::{Environment, Error, ErrorKind, State, Value};
use sha2::Digest;

use crate::civil::{MICROS_PER_DAY, MICROS_PER_SECOND};
use crate::moment::{self, Moment};
use crate::{formats, json, now_us};

fn wrong(text: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, text)
}

/// A value as text, as Python's str() gives it.
pub fn text_of(value: &Value) -> String {
    if let Some(text) = value.as_str() {
        return text.to_string();
    }
    match Moment::of(value) {
        Some(moment) => moment.text(),
        None => json::to_string(value, json::PYTHON),
    }
}

fn now() -> Moment {
    Moment { micros: now_us(), date_only: false }
}

fn now_utc() -> Value {
    now().value()
}

fn today_utc() -> Value {
    let micros = now_us();
    Moment { micros: micros - micros.rem_euclid(MICROS_PER_DAY), date_only: true }.value()
}

fn moment_of(value: &Value, format: Option<&str>) -> Result<i64, Error> {
    if let Some(moment) = Moment::of(value) {
        return Ok(moment.micros);
    }
    let text = text_of(value);
    let read = match format {
        Some(format) => formats::parse(&text, format),
        None if value.is_number() => formats::parse(&text, "%s_as_float"),
        None => formats::parse_iso(&text),
    };
    read.ok_or_else(|| {
        wrong(format!(
            "\"{text}\" is not a time{}",
            match format {
                Some(format) => format!(" of the format {format}"),
                None => String::new(),
            }
        ))
    })
}

fn str_to_datetime(text: Value) -> Result<Value, Error> {
    Ok(Moment { micros: moment_of(&text, None)?, date_only: false }.value())
}

fn timestamp(value: Value) -> Result<Value, Error> {
    if value.is_number() && Moment::of(&value).is_none() {
        return Ok(Value::from(f64::try_from(value)?.trunc() as i64));
    }
    let micros = moment_of(&value, None)?;
    if micros.rem_euclid(MICROS_PER_SECOND) == 0 {
        return Ok(Value::from(micros / MICROS_PER_SECOND));
    }
    Ok(Value::from(micros as f64 / MICROS_PER_SECOND as f64))
}

fn day_delta(days: i64, format: Option<String>, named: Kwargs) -> Result<String, Error> {
    let format = match format {
        Some(format) => Some(format),
        None => named.get("format")?,
    };
    let micros = now_us().saturating_add(days.saturating_mul(MICROS_PER_DAY));
    let format = format.unwrap_or_else(|| "%Y-%m-%dT%H:%M:%S.%f%z".to_string());
    Ok(formats::format(micros, &format))
}

fn duration(text: String) -> Result<Value, Error> {
    formats::parse_duration(&text)
        .map(|(months, micros)| moment::duration(months, micros))
        .ok_or_else(|| wrong(format!("\"{text}\" is not an ISO 8601 duration")))
}

fn format_datetime(
    value: Value,
    format: String,
    input: Option<String>,
    named: Kwargs,
) -> Result<String, Error> {
    let input = match input {
        Some(input) => Some(input),
        None => named.get("input_format")?,
    };
    Ok(formats::format(moment_of(&value, input.as_deref())?, &format))
}

fn extreme(arguments: Rest<Value>, largest: bool) -> Result<Value, Error> {
    let items: Vec<Value> = match arguments.as_slice() {
        [one] if matches!(one.kind(), ValueKind::Seq | ValueKind::Iterable) => {
            one.try_iter()?.collect()
        }
        many => many.to_vec(),
    };
    let found = if largest { items.into_iter().max() } else { items.into_iter().min() };
    found.ok_or_else(|| wrong("max and min need something to choose from".to_string()))
}

fn largest(arguments: Rest<Value>) -> Result<Value, Error> {
    extreme(arguments, true)
}

fn smallest(arguments: Rest<Value>) -> Result<Value, Error> {
    extreme(arguments, false)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hash(value: Value, kind: Option<String>, salt: Option<String>) -> Result<String, Error> {
    let text = text_of(&value) + &salt.unwrap_or_default();
    let kind = kind.unwrap_or_else(|| "md5".to_string());
    Ok(match kind.as_str() {
        "md5" => hex(&md5::Md5::digest(text)),
        "sha1" => hex(&sha1::Sha1::digest(text)),
        "sha224" => hex(&sha2::Sha224::digest(text)),
        "sha256" => hex(&sha2::Sha256::digest(text)),
        "sha384" => hex(&sha2::Sha384::digest(text)),
        "sha512" => hex(&sha2::Sha512::digest(text)),
        _ => return Err(wrong(format!("there is no hash \"{kind}\""))),
    })
}

fn keyed_hash(value: Value, key: Value, kind: Option<String>) -> Result<String, Error> {
    if kind.as_deref().unwrap_or("sha256") != "sha256" {
        return Err(wrong("hmac knows sha256 only".to_string()));
    }
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(text_of(&key).as_bytes())
        .map_err(|error| wrong(error.to_string()))?;
    mac.update(text_of(&value).as_bytes());
    Ok(hex(&mac.finalize().into_bytes()))
}

fn base64encode(value: Value) -> String {
    STANDARD.encode(text_of(&value))
}

fn base64decode(text: String) -> Result<String, Error> {
    let bytes = STANDARD.decode(&text).map_err(|error| wrong(format!("base64: {error}")))?;
    String::from_utf8(bytes).map_err(|_| wrong("base64: what it holds is no text".to_string()))
}

fn string(value: Value) -> Value {
    match value.as_str() {
        Some(_) => value,
        None if Moment::of(&value).is_some() => Value::from(text_of(&value)),
        None => Value::from(json::to_string(&value, json::DUMPS)),
    }
}

fn regex_search(text: String, pattern: String) -> Result<String, Error> {
    let expression = regex_lite::RegexBuilder::new(&pattern)
        .size_limit(1 << 20)
        .build()
        .map_err(|error| wrong(format!("regular expression \"{pattern}\": {error}")))?;
    let found = expression.captures(&text).and_then(|groups| groups.get(1));
    Ok(found.map_or_else(String::new, |group| group.as_str().to_string()))
}

fn tojson(value: Value) -> String {
    let sorted = json::Style { sorted: true, ..json::DUMPS };
    let text = json::to_string(&value, sorted);
    text.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\'', "\\u0027")
}

/// The methods of a moment, as Python's datetime has them.
fn moment_method(moment: Moment, method: &str, arguments: &[Value]) -> Result<Value, Error> {
    let argument = arguments.first().map(text_of);
    Ok(match (method, argument) {
        ("strftime", Some(format)) => Value::from(formats::format(moment.micros, &format)),
        ("isoformat", _) => Value::from(moment.text()),
        ("timestamp", _) => Value::from(moment.micros as f64 / MICROS_PER_SECOND as f64),
        ("date", _) => {
            let micros = moment.micros - moment.micros.rem_euclid(MICROS_PER_DAY);
            Moment { micros, date_only: true }.value()
        }
        ("astimezone", _) => moment.value(),
        _ => return Err(Error::from(ErrorKind::UnknownMethod)),
    })
}

fn method(
    state: &mut State,
    value: &Value,
    name: &str,
    arguments: &[Value],
) -> Result<Value, Error> {
    match Moment::of(value) {
        Some(moment) => moment_method(moment, name, arguments),
        None => minijinja_contrib::pycompat::unknown_method_callback(state, value, name, arguments),
    }
}

pub fn add_to(env: &mut Environment<'static>) {
    env.remove_global("range");
    env.remove_global("debug");
    env.remove_global("lipsum");
    env.set_unknown_method_callback(method);

    env.add_function("now_utc", now_utc);
    env.add_function("today_utc", today_utc);
    env.add_function("str_to_datetime", str_to_datetime);
    env.add_function("timestamp", timestamp);
    env.add_function("day_delta", day_delta);
    env.add_function("duration", duration);
    env.add_function("format_datetime", format_datetime);
    env.add_function("max", largest);
    env.add_function("min", smallest);

    env.add_filter("hash", hash);
    env.add_filter("hmac", keyed_hash);
    env.add_filter("base64encode", base64encode);
    env.add_filter("base64decode", base64decode);
    env.add_filter("string", string);
    env.add_filter("regex_search", regex_search);
    env.add_filter("tojson", tojson);
    env.add_filter("str_to_datetime", str_to_datetime);
    env.add_filter("timestamp", timestamp);
    env.add_filter("format_datetime", format_datetime);
}
