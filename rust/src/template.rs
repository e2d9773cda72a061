//! A template: one expression, or a text with holes.

use std::cell::Cell;
use std::io;
use std::sync::OnceLock;

use minijinja::value::ValueKind;
use minijinja::{
    Environment, Error, ErrorKind, Expression, Output, State, Template, UndefinedBehavior, Value,
};

use crate::{functions, json, moment, numbers};

pub const STEPS_MAX: u64 = 500_000;

/// What went wrong, and in which line of the template (0: unknown).
pub struct Fault {
    pub text: String,
    pub line: u32,
}

impl Fault {
    pub fn new(text: &str) -> Fault {
        Fault { text: text.to_string(), line: 0 }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        let kind = error.kind();
        let text = match error.detail() {
            _ if kind == ErrorKind::OutOfFuel => {
                format!("it takes more than the {STEPS_MAX} steps that a template may take")
            }
            Some(detail) => format!("{kind}: {detail}"),
            None => kind.to_string(),
        };
        let line = error.line().and_then(|line| u32::try_from(line).ok()).unwrap_or(0);
        Fault { text, line }
    }
}

fn print(out: &mut Output, _: &mut State, value: &Value) -> Result<(), Error> {
    match value.kind() {
        ValueKind::Undefined => Ok(()),
        ValueKind::String if value.as_str().is_some() => {
            out.write_str(value.as_str().unwrap_or_default()).map_err(Error::from)
        }
        _ => out.write_str(&functions::text_of(value)).map_err(Error::from),
    }
}

fn environment() -> &'static Environment<'static> {
    static ENVIRONMENT: OnceLock<Environment<'static>> = OnceLock::new();
    ENVIRONMENT.get_or_init(|| {
        let mut env = Environment::new();
        env.set_fuel(Some(STEPS_MAX));
        env.set_undefined_behavior(UndefinedBehavior::Chainable);
        env.set_formatter(print);
        functions::add_to(&mut env);
        env
    })
}

enum Code {
    Value(Expression<'static, 'static>),
    Text(Template<'static, 'static>),
}

pub struct Compiled {
    code: Code,
    _source: Box<str>, // Read by `code`, which is dropped first.
}

/// The inside of a template that is one `{{ }}` and nothing else.
fn only_expression(source: &str) -> Option<&str> {
    let inside = source.trim().strip_prefix("{{")?.strip_suffix("}}")?;
    let inside = inside.strip_prefix('-').unwrap_or(inside);
    Some(inside.strip_suffix('-').unwrap_or(inside))
}

/// Stops the render when more than its budget is written.
struct Bounded {
    bytes: Vec<u8>,
    bytes_max: usize,
}

impl io::Write for Bounded {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + data.len() > self.bytes_max {
            return Err(io::Error::other("too long"));
        }
        self.bytes.extend_from_slice(data);
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The texts that stand for no in a condition.
const NO: [&str; 12] =
    ["False", "false", "{}", "[]", "()", "", "0", "0.0", "None", "null", "False()", "set()"];

thread_local! {
    static NOW: Cell<i64> = const { Cell::new(0) };
}

pub fn now_us() -> i64 {
    NOW.with(Cell::get)
}

#[derive(Clone, Copy, PartialEq)]
pub enum Wanted {
    Text,
    Json,
    Condition,
}

pub struct Request<'a> {
    pub context: &'a str,
    pub bytes_max: usize,
    pub now_us: i64,
    pub wanted: Wanted,
}

impl Compiled {
    pub fn new(source: &str) -> Result<Compiled, Fault> {
        let env = environment();
        if let Some(inside) = only_expression(source) {
            if let Ok(expression) = env.compile_expression_owned(inside.to_string()) {
                return Ok(Compiled { code: Code::Value(expression), _source: "".into() });
            }
        }
        let source: Box<str> = source.into();
        // The template lives no longer than the text that it borrows: both are private to this
        // value, which drops them in this order.
        let borrowed: &'static str = unsafe { &*std::ptr::from_ref::<str>(&source) };
        let template = env.template_from_str(borrowed)?;
        Ok(Compiled { code: Code::Text(template), _source: source })
    }

    /// The names that it needs from outside.
    pub fn variables(&self) -> Vec<String> {
        let names = match &self.code {
            Code::Value(expression) => expression.undeclared_variables(false),
            Code::Text(template) => template.undeclared_variables(false),
        };
        let env = environment();
        let mut names: Vec<String> = names
            .into_iter()
            .filter(|name| env.globals().all(|(known, _)| known != name))
            .collect();
        names.sort();
        names
    }

    fn text(template: &Template, context: Value, bytes_max: usize) -> Result<String, Fault> {
        let mut out = Bounded { bytes: Vec::new(), bytes_max };
        match template.render_captured_to(context, &mut out) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WriteFailure => {
                return Err(too_long(bytes_max))
            }
            Err(error) => return Err(error.into()),
        }
        String::from_utf8(out.bytes)
            .map(moment::spelled)
            .map_err(|_| Fault::new("it gives no text"))
    }

    fn rendered(&self, request: &Request) -> Result<String, Fault> {
        let context = json::parse(request.context)
            .ok_or_else(|| Fault::new("its context is not a JSON object"))?;
        match (&self.code, request.wanted) {
            (Code::Value(expression), Wanted::Json) => {
                Ok(json::to_string(&expression.eval(context)?, json::JSON))
            }
            (Code::Value(expression), wanted) => {
                let value = expression.eval(context)?;
                if wanted == Wanted::Condition && value.as_str().is_none() {
                    return Ok(value.is_true().to_string());
                }
                let text =
                    if value.is_undefined() { String::new() } else { functions::text_of(&value) };
                Ok(answer(moment::spelled(text), wanted))
            }
            (Code::Text(template), Wanted::Json) => {
                let text = Self::text(template, context, request.bytes_max)?;
                Ok(literal(&text))
            }
            (Code::Text(template), wanted) => {
                Self::text(template, context, request.bytes_max).map(|text| answer(text, wanted))
            }
        }
    }

    pub fn render(&self, request: &Request) -> Result<String, Fault> {
        numbers::forget();
        NOW.with(|now| now.set(request.now_us));
        let rendered = self.rendered(request);
        numbers::forget();
        let rendered = rendered?;
        if rendered.len() > request.bytes_max {
            return Err(too_long(request.bytes_max));
        }
        Ok(rendered)
    }
}

fn too_long(bytes_max: usize) -> Fault {
    Fault { text: format!("it gives more than {bytes_max} bytes"), line: 0 }
}

fn answer(text: String, wanted: Wanted) -> String {
    match wanted {
        Wanted::Condition => (!NO.contains(&text.trim())).to_string(),
        _ => text,
    }
}

/// A text as JSON: what it stands for where it is a Python literal, else a string.
fn literal(text: &str) -> String {
    match json::parse_python(text) {
        Some(value) => json::to_string(&value, json::JSON),
        None => json::to_string(&Value::from(text), json::JSON),
    }
}
