//! The C functions of streams_templates.h. Nothing unwinds out of them.

use std::ffi::c_char;
use std::panic::{catch_unwind, AssertUnwindSafe};

use crate::template::{Compiled, Fault, Request, Wanted};
use crate::{civil, formats};

#[repr(C)]
pub struct Text {
    data: *mut c_char,
    size: usize,
}

impl Text {
    fn of(text: String) -> Text {
        let boxed = text.into_bytes().into_boxed_slice();
        let size = boxed.len();
        Text { data: Box::into_raw(boxed).cast(), size }
    }
}

#[repr(C)]
pub struct Render {
    context: *const c_char,
    context_size: usize,
    bytes_max: usize,
    now_us: i64,
    typed: i32,
}

/// Text of the caller's; what is not UTF-8 reads as nothing.
///
/// # Safety
/// `data` points to `size` bytes that live as long as the call.
unsafe fn text<'a>(data: *const c_char, size: usize) -> &'a str {
    if data.is_null() {
        return "";
    }
    std::str::from_utf8(std::slice::from_raw_parts(data.cast::<u8>(), size)).unwrap_or_default()
}

fn guarded<T>(call: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(call))
        .unwrap_or_else(|_| Err(Fault::new("the template engine failed (a fault of ours)")))
}

/// # Safety
/// `text` came from this library and is not used again.
#[no_mangle]
pub unsafe extern "C" fn streams_text_free(text: Text) {
    if !text.data.is_null() {
        drop(Box::from_raw(std::ptr::slice_from_raw_parts_mut(text.data.cast::<u8>(), text.size)));
    }
}

/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn streams_template_compile(
    source: *const c_char,
    size: usize,
    error: *mut Text,
    line: *mut u32,
) -> *mut Compiled {
    match guarded(|| Compiled::new(text(source, size))) {
        Ok(compiled) => Box::into_raw(Box::new(compiled)),
        Err(fault) => {
            *error = Text::of(fault.text);
            *line = fault.line;
            std::ptr::null_mut()
        }
    }
}

/// # Safety
/// `compiled` came from streams_template_compile and is not used again.
#[no_mangle]
pub unsafe extern "C" fn streams_template_free(compiled: *mut Compiled) {
    if !compiled.is_null() {
        drop(Box::from_raw(compiled));
    }
}

/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn streams_template_variables(compiled: *const Compiled) -> Text {
    Text::of(guarded(|| Ok((*compiled).variables().join("\n"))).unwrap_or_default())
}

/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn streams_template_render(
    compiled: *const Compiled,
    request: *const Render,
    out: *mut Text,
    line: *mut u32,
) -> i32 {
    let asked = &*request;
    let request = Request {
        context: text(asked.context, asked.context_size),
        bytes_max: asked.bytes_max,
        now_us: asked.now_us,
        wanted: match asked.typed {
            0 => Wanted::Text,
            1 => Wanted::Json,
            _ => Wanted::Condition,
        },
    };
    match guarded(|| (*compiled).render(&request)) {
        Ok(text) => {
            *out = Text::of(text);
            1
        }
        Err(fault) => {
            *out = Text::of(fault.text);
            *line = fault.line;
            0
        }
    }
}

fn given(value: Option<i64>, out: *mut i64) -> i32 {
    match value {
        Some(value) => {
            unsafe { *out = value };
            1
        }
        None => 0,
    }
}

/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn streams_time_parse(
    data: *const c_char,
    size: usize,
    format: *const c_char,
    format_size: usize,
    microseconds: *mut i64,
) -> i32 {
    let (time, format) = (text(data, size), text(format, format_size));
    let read = guarded(|| {
        Ok(if format.is_empty() { formats::parse_iso(time) } else { formats::parse(time, format) })
    });
    given(read.ok().flatten(), microseconds)
}

/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn streams_time_format(
    microseconds: i64,
    format: *const c_char,
    format_size: usize,
    out: *mut Text,
) -> i32 {
    let format = text(format, format_size);
    let written = guarded(|| {
        if !civil::in_range(i128::from(microseconds)) {
            return Err(Fault::new("no such year"));
        }
        Ok(if format.is_empty() {
            formats::iso(microseconds)
        } else {
            formats::format(microseconds, format)
        })
    });
    match written {
        Ok(text) => {
            *out = Text::of(text);
            1
        }
        Err(_) => 0,
    }
}

/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn streams_time_add(
    microseconds: i64,
    duration: *const c_char,
    size: usize,
    sign: i32,
    out: *mut i64,
) -> i32 {
    let duration = text(duration, size);
    let sum = guarded(|| {
        Ok(formats::parse_duration(duration).and_then(|(months, micros)| {
            let sign = i64::from(sign.signum());
            let shifted =
                civil::add_months(microseconds, sign * months)?.checked_add(sign * micros)?;
            civil::in_range(i128::from(shifted)).then_some(shifted)
        }))
    });
    given(sum.ok().flatten(), out)
}
