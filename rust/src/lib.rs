//! The Rust half of Streams: what is better taken from crates than written anew. C++ sees it through
//! the C headers beside Cargo.toml.

mod civil;
mod ffi;
mod formats;
mod functions;
mod json;
mod moment;
mod numbers;
mod template;

pub(crate) use template::now_us;

#[cfg(test)]
mod tests;
