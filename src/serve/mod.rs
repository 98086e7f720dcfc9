//! `ratable serve`: a page for people who do not use terminals, on this computer alone.
//!
//! The page shows and asks; behind it run the functions of the command line, and nothing is computed here. What is
//! dropped lies in a private folder, which goes when its page closes, after an hour without use, with the program, and at
//! the latest when the program starts next.
//!
//! Absences: no address but loopback is listened on; no page is answered without the secret of the address that is
//! printed; nothing is loaded from elsewhere; nothing of a case is logged.

pub(crate) mod cases;
pub(crate) mod gate;
mod job;
mod pictures;
mod routes;
mod samples;
mod upload;
mod views;
mod work;

use crate::cli::ServeArgs;
use crate::commands::failure::MACHINE;
use crate::commands::{DONE, interrupt, print};
use crate::output::staging::Staging;
use cases::Cases;
use gate::Gate;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;

/// What every answer may use.
#[derive(Clone)]
struct Desk {
    gate: Arc<Gate>,
    cases: Arc<Cases>,
}

/// A lock, whatever became of the thread that had it.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What stands in an address or a header as it is, beside letters and digits.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Text as it may stand in an address or a header.
fn escaped(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, PLAIN)
}

/// Serves the page until the program is ended. Returns the exit code.
pub(crate) fn serve(args: &ServeArgs) -> u8 {
    let served = tokio::runtime::Builder::new_multi_thread().enable_all().build().and_then(|runtime| {
        // Dropped, or on Ctrl-C, it is removed; what a killed program left is removed here.
        let folder = Staging::start(&std::env::temp_dir().join("ratable-serve"))?;
        runtime.block_on(listen(args, &folder))
    });
    match served {
        Ok(()) => DONE,
        Err(error) => {
            print::error(&format!("the page cannot be served: {error}"));
            MACHINE
        }
    }
}

async fn listen(args: &ServeArgs, folder: &Staging) -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port)).await?;
    let port = listener.local_addr()?.port();
    // The same port by the other protocol, where the computer has it and it is free.
    let other = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await.ok();
    let gate = Gate::new(port)?;
    let address = gate.address();
    let desk = Desk { gate: Arc::new(gate), cases: Arc::new(Cases::new(folder.path())) };
    interrupt::ends_by(|| print::note("The page is closed; nothing of the cases was kept."));
    print::line(format_args!(
        "The page is open to this computer alone, at this address:\n\n  {address}\n\nCtrl-C closes it."
    ));
    if args.open {
        open_browser(&desk.gate.address_once()?);
    }
    tokio::spawn(cases::sweep(desk.cases.clone()));
    let page = routes::all(desk);
    if let Some(other) = other {
        tokio::spawn(axum::serve(other, page.clone()).into_future());
    }
    axum::serve(listener, page).await
}

/// Shows the address in the browser, as far as the system knows one.
fn open_browser(address: &str) {
    let (program, first): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("rundll32", &["url.dll,FileProtocolHandler"])
    } else {
        ("xdg-open", &[])
    };
    let nothing = std::process::Stdio::null;
    let started = std::process::Command::new(program)
        .args(first)
        .arg(address)
        .stdin(nothing())
        .stdout(nothing())
        .stderr(nothing())
        .spawn();
    if started.is_err() {
        print::note("No browser could be started: copy the address into yours.");
    }
}
