//! Who is answered: the browser that was given the secret of the printed address, asked by its own pages alone.

use super::{Desk, locked};
use crate::sha256;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::io;
use std::sync::Mutex;

/// The start of the printed address.
const ENTER: &str = "/enter/";

/// What a page may load and do: its own files, and nothing that is written into it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The secrets, and the names under which this computer is asked.
pub struct Gate {
    /// Of the printed address.
    secret: String,
    /// Of the address that a browser is started with, which others on this computer can see among its arguments: it
    /// serves once.
    once: Mutex<Option<String>>,
    /// Of the cookie, which other programs on this computer's ports are sent too: another one.
    token: String,
    port: u16,
}

/// Letters that nobody guesses: 256 bits.
pub(super) fn unguessable() -> io::Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(sha256::hex(&bytes))
}

impl Gate {
    pub fn new(port: u16) -> io::Result<Self> {
        Ok(Self { secret: unguessable()?, once: Mutex::default(), token: unguessable()?, port })
    }

    pub fn address_once(&self) -> io::Result<String> {
        let secret = unguessable()?;
        *locked(&self.once) = Some(secret.clone());
        Ok(format!("http://127.0.0.1:{}{ENTER}{secret}", self.port))
    }

    /// Whether a secret lets in; the one that serves once is used up by it.
    pub fn lets_in(&self, secret: &str) -> bool {
        same(secret, &self.secret) || locked(&self.once).take_if(|once| same(secret, once)).is_some()
    }

    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}{ENTER}{}", self.port, self.secret)
    }

    fn cookie(&self) -> String {
        format!("ratable-{}", self.port)
    }

    /// Whether the request names this computer: a page of elsewhere whose name leads here does not.
    fn is_host(&self, headers: &HeaderMap) -> bool {
        let names = ["127.0.0.1", "localhost", "[::1]"];
        only(headers, &HOST).is_some_and(|host| names.iter().any(|name| host == format!("{name}:{}", self.port)))
    }

    fn has_token(&self, headers: &HeaderMap) -> bool {
        let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        cookies.flat_map(|value| value.split(';')).any(|pair| {
            pair.trim().split_once('=').is_some_and(|(name, value)| name == self.cookie() && same(value, &self.token))
        })
    }
}

/// Whether a request comes from a page of this program, or from the person: no other page asks in its name.
fn is_own_page(method: &Method, headers: &HeaderMap) -> bool {
    let reads = matches!(*method, Method::GET | Method::HEAD);
    let own = only(headers, &HOST).map(|host| format!("http://{host}"));
    let origin = match only(headers, &ORIGIN) {
        Some(origin) => own.is_some_and(|own| own == origin),
        None => reads && !headers.contains_key(ORIGIN),
    };
    let site = only(headers, &HeaderName::from_static("sec-fetch-site"));
    origin && site.is_none_or(|site| site == "same-origin" || (reads && site == "none"))
}

/// A header that is there once.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// Whether two secrets are one, in a time that does not tell how much of them is.
fn same(one: &str, other: &str) -> bool {
    let differ = one.bytes().zip(other.bytes()).fold(0, |differ, (a, b)| differ | (a ^ b));
    one.len() == other.len() && differ == 0
}

/// Lets through whoever may ask, and says of every answer what the browser may do with it.
pub(super) async fn pass(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    let gate = &desk.gate;
    let headers = request.headers();
    let mut answer = if !gate.is_host(headers) {
        refused("This address is not the one that ratable printed.")
    } else if let Some(secret) = request.uri().path().strip_prefix(ENTER) {
        enter(gate, secret)
    } else if !gate.has_token(headers) {
        refused("Open the page by the address that ratable printed: copy all of it into the browser's address bar.")
    } else if !is_own_page(request.method(), headers) {
        refused("Another page asked for this. Open the page by the address that ratable printed.")
    } else {
        next.run(request).await
    };
    let headers = answer.headers_mut();
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("x-content-type-options"), "nosniff"),
        (HeaderName::from_static("referrer-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    answer
}

/// Takes the secret of the printed address, and gives the cookie for it.
fn enter(gate: &Gate, secret: &str) -> Response {
    if !gate.lets_in(secret) {
        return refused("This is not the address that ratable printed: copy all of it into the browser's address bar.");
    }
    let cookie = format!("{}={}; Path=/; HttpOnly; SameSite=Strict", gate.cookie(), gate.token);
    (StatusCode::SEE_OTHER, [(LOCATION, "/"), (SET_COOKIE, cookie.as_str())]).into_response()
}

fn refused(why: &'static str) -> Response {
    (StatusCode::FORBIDDEN, why).into_response()
}
