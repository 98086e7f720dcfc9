//! The addresses of the page, and what each answers.

#![allow(clippy::result_large_err, reason = "the error is an answer too, and one request has one")]

use super::cases::Open;
use super::job::{Job, Received};
use super::views::{self, Wanted};
use super::work::{self, Ask, Dropped, Ran, Take};
use super::{Desk, escaped, gate, locked, samples, upload};
use crate::input::file_name;
use axum::body::{Body, Bytes};
use axum::extract::{Form, FromRequestParts, Path, Query, Request, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response, Result};
use axum::routing::{get, post, put};
use axum::{Router, middleware};
use maud::Markup;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

type Fields = Vec<(String, String)>;
type Asked = HashMap<String, String>;

/// The case that an address names, which is used now.
struct Named(Arc<Open>);

impl FromRequestParts<Desk> for Named {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Response> {
        let id = Path::<String>::from_request_parts(parts, desk).await.map_err(IntoResponse::into_response)?;
        desk.cases.get(&id).map(Self).ok_or_else(not_there)
    }
}

/// All addresses, behind the gate.
pub(super) fn all(desk: Desk) -> Router {
    let pass = middleware::from_fn_with_state(desk.clone(), gate::pass);
    Router::new()
        .route("/", get(async || page(&views::home())))
        .route("/page.css", get(async || file("text/css; charset=utf-8", include_str!("page.css"))))
        .route("/page.js", get(async || file("text/javascript; charset=utf-8", include_str!("page.js"))))
        .route("/icon.svg", get(async || file("image/svg+xml", include_str!("icon.svg"))))
        .route("/case", post(open))
        .route("/sample/{name}", post(sample))
        .route("/case/{id}", get(case))
        .route("/case/{id}/file", put(receive))
        .route("/case/{id}/read", post(read))
        .route("/case/{id}/run", post(run))
        .route("/case/{id}/take", post(take))
        .route("/case/{id}/state", get(state))
        .route("/case/{id}/progress", get(progress))
        .route("/case/{id}/cancel", post(cancel))
        .route("/case/{id}/close", post(close))
        .route("/case/{id}/sheet", get(sheet))
        .route("/case/{id}/problems.xlsx", get(problems))
        .route("/case/{id}/preview", get(preview))
        .route("/case/{id}/holders", get(holders))
        .route("/case/{id}/holder", get(holder))
        .route("/case/{id}/statement", get(statement))
        .route("/case/{id}/taken", get(taken).post(what_was_taken))
        .fallback(async || said(404, "There is nothing at this address."))
        .layer(pass)
        .with_state(desk)
}

fn page(markup: &Markup) -> Response {
    Html(markup.0.clone()).into_response()
}

fn file(kind: &'static str, text: &'static str) -> Response {
    ([(CONTENT_TYPE, kind)], text).into_response()
}

/// A sentence, with a status of HTTP.
fn said(status: u16, text: impl Into<String>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(CONTENT_TYPE, "text/plain; charset=utf-8")], text.into()).into_response()
}

fn json(value: &serde_json::Value) -> Response {
    ([(CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

fn not_there() -> Response {
    said(
        404,
        "This case is not here any more: its page was closed, it was not used for an hour, or many others were opened since. Drop it again.",
    )
}

/// Bytes to be saved as a file of that name.
fn saved(kind: &str, name: &str, body: impl Into<Body>) -> Response {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_graphic() && !"\"\\%;".contains(c) { c } else { '_' }).collect();
    let full = escaped(name);
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{full}");
    let mut answer = Response::new(body.into());
    for (header, value) in [(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, &disposition)] {
        if let Ok(value) = HeaderValue::from_str(value) {
            answer.headers_mut().insert(header, value);
        }
    }
    answer
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

async fn open(State(desk): State<Desk>) -> Result<Response> {
    let case = desk.cases.open().map_err(|error| said(500, format!("No place for the case: {error}.")))?;
    Ok(json(&serde_json::json!({"case": case.id})))
}

/// A sample, as if it had been dropped.
async fn sample(State(desk): State<Desk>, Path(name): Path<String>) -> Result<Response> {
    let sample = samples::find(&name).ok_or_else(|| said(404, "There is no such sample."))?;
    let put = desk.cases.open().and_then(|case| {
        let put = |(name, bytes): &(&str, &[u8])| upload::put(&case.dropped.folder, name, sample.folder, bytes);
        sample.files.iter().try_for_each(put).map(|()| case)
    });
    let case = put.map_err(|error| said(500, format!("No place for the sample: {error}.")))?;
    Ok(json(&serde_json::json!({"case": case.id})))
}

async fn receive(Named(case): Named, Query(asked): Query<Asked>, request: Request) -> Response {
    let field = |name: &str| asked.get(name).map_or("", String::as_str);
    // One after another: what is there already counts for how much more may come.
    let _turn = case.dropped.uploads.lock().await;
    match upload::take(&case.dropped.folder, field("name"), field("folder"), request.into_body()).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err((status, why)) => said(status, why),
    }
}

/// Starts work on a case, and says how it stands after a moment.
async fn start(desk: &Desk, case: &Arc<Open>, work: impl FnOnce(&Dropped, &Job) + Send + 'static) -> Response {
    json(&desk.cases.start(case, work).soon().await)
}

/// Reads what was dropped; a form says how.
async fn read(State(desk): State<Desk>, Named(case): Named, Form(fields): Form<Fields>) -> Response {
    let lines = fields.iter().flat_map(|(name, text)| text.lines().map(move |line| (name, line.trim())));
    let known = lines.filter(|(name, line)| !line.is_empty() && ["encoding", "set", "column"].contains(&name.as_str()));
    case.dropped.work().how = known.map(|(name, line)| format!("--{name}={line}")).collect();
    start(&desk, &case, work::read).await
}

/// The flags that a run's form may give.
const FLAGS: [&str; 7] = ["date", "funds", "pay-date", "proceeds", "scenarios", "breakeven", "acknowledge"];

/// Makes the run that the form asks for.
async fn run(State(desk): State<Desk>, Named(open): Named, Form(fields): Form<Fields>) -> Response {
    let Some(read) = open.dropped.work().read.clone() else { return said(409, "Nothing was read yet.") };
    let Ok(loaded) = &read.result else { return said(409, "The case was not read.") };
    let mut ask = Ask::default();
    for (name, value) in fields.into_iter().filter(|(_, value)| !value.trim().is_empty()) {
        let value = value.trim().to_owned();
        if name == "command" && views::KINDS.iter().any(|(command, _)| *command == value) {
            ask.command = value;
        } else if FLAGS.contains(&name.as_str()) {
            ask.flags.push((name, value));
        } else if let (Some(reading), Some(case)) = (name.strip_prefix("reading."), &loaded.case) {
            // What the case says itself needs no flag.
            let own = case.terms.readings.iter().find(|(name, _)| *name == reading);
            if own.is_some_and(|(_, own)| own != value) {
                ask.flags.push(("set".to_owned(), format!("{name}={value}")));
            }
        }
    }
    start(&desk, &open, move |case, job| work::run(case, job, ask)).await
}

/// Makes what is to be taken away.
async fn take(State(desk): State<Desk>, Named(case): Named, Form(fields): Form<Fields>) -> Result<Response> {
    let field = |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.trim().to_owned());
    let form = field("as").unwrap_or_default();
    let what = match field("what").as_deref() {
        Some("bank") => {
            let flags = [("as", form), ("first-number", field("first-number").unwrap_or_default())];
            Take::File("pay", flags.into_iter().filter(|(_, value)| !value.is_empty()).collect())
        }
        Some("journal") => Take::File("journal", vec![("as", form)]),
        _ => Take::Folder,
    };
    let ran = ran(&case, field("run").as_deref())?;
    Ok(start(&desk, &case, move |case, job| work::take(case, job, &ran, &what)).await)
}

/// What is being done with a case, or was done last.
fn job_of(case: &Open) -> Result<Arc<Job>> {
    Ok(locked(&case.job).clone().ok_or_else(not_there)?)
}

async fn state(Named(case): Named) -> Result<Response> {
    Ok(json(&job_of(&case)?.soon().await))
}

/// How the work goes on, as server-sent events.
async fn progress(Named(case): Named) -> Result<Response> {
    Ok(job_of(&case)?.events().into_response())
}

async fn cancel(Named(case): Named) -> Result<StatusCode> {
    job_of(&case)?.stop();
    Ok(StatusCode::NO_CONTENT)
}

/// A page was closed: its name is the body.
async fn close(State(desk): State<Desk>, Path(id): Path<String>, page: Bytes) -> Response {
    desk.cases.close(&id, &String::from_utf8_lossy(&page));
    StatusCode::NO_CONTENT.into_response()
}

async fn case(State(desk): State<Desk>, Path(id): Path<String>) -> Response {
    let found = desk.cases.get(&id);
    match found.as_deref().and_then(|case| Some((case, case.dropped.work().reading()?, case.shown().ok()?))) {
        Some((case, (read, how), name)) => page(&views::case(&case.id, &name, &how, &read)),
        None => (StatusCode::NOT_FOUND, page(&views::gone())).into_response(),
    }
}

async fn sheet(Named(case): Named, Query(asked): Query<Asked>) -> Response {
    let Some((read, how)) = case.dropped.work().reading() else { return not_there() };
    let at = asked.get("problem").and_then(|at| at.parse().ok()).unwrap_or(0);
    let shown = spawn_blocking(move || {
        let Ok(loaded) = &read.result else { return Ok(None) };
        views::grid(&read.path, &work::options(&how, &read.path), loaded, at)
    });
    match shown.await {
        Ok(Ok(Some(grid))) => page(&grid),
        _ => said(404, "This problem has no cell that can be shown."),
    }
}

/// The workbook with every problem marked.
async fn problems(Named(case): Named) -> Response {
    match spawn_blocking(move || work::problems_workbook(&case.dropped)).await {
        Ok(Ok(bytes)) => saved(XLSX, "problems.xlsx", bytes),
        Ok(Err(failure)) => said(409, failure.problems().first().map_or("", |p| p.message.as_str())),
        Err(_) => said(500, "The workbook could not be made."),
    }
}

/// The run of a case that stands, which must be the one of that number: another page may have made another since.
fn ran(case: &Open, number: Option<&str>) -> Result<Arc<Ran>> {
    let mut work = case.dropped.work();
    if let Some(fault) = work.fault.take() {
        return Err(page(&views::fault(&fault)).into());
    }
    let ran = work.run.clone().ok_or_else(|| said(409, "This run is not here any more. Make it again."))?;
    if number.is_some_and(|number| number != ran.number.to_string()) {
        let why = "Another run of this case was made since, in another window. Make this one again.";
        return Err(said(409, why).into());
    }
    Ok(ran)
}

async fn preview(Named(case): Named) -> Result<Response> {
    Ok(page(&views::preview(&case.id, &*ran(&case, None)?)))
}

/// Does something with the run that stands, beside the answering of others.
async fn with_run(
    case: &Open,
    asked: &Asked,
    answer: impl FnOnce(&Ran, &work::Done) -> Response + Send + 'static,
) -> Result<Response> {
    let ran = ran(case, asked.get("run").map(String::as_str))?;
    let answered = spawn_blocking(move || match &ran.result {
        Ok(done) => answer(&ran, done),
        Err(_) => said(409, "This run came to nothing."),
    });
    Ok(answered.await.unwrap_or_else(|_| said(500, "This could not be shown.")))
}

async fn holders(Named(case): Named, Query(asked): Query<Asked>) -> Result<Response> {
    let field = |name: &str| asked.get(name).cloned().unwrap_or_default();
    let wanted = Wanted { find: field("q"), sort: field("sort"), page: field("page").parse().unwrap_or(0) };
    with_run(&case, &asked, move |_, done| page(&views::holders(done, &wanted))).await
}

async fn holder(Named(case): Named, Query(asked): Query<Asked>) -> Result<Response> {
    let holder = asked.get("id").cloned().unwrap_or_default();
    let of = case.id.clone();
    with_run(&case, &asked, move |ran, done| match done.run.explain(&holder) {
        Ok(text) => page(&views::derivation(&of, ran.number, &holder, &text, done.pays())),
        Err(_) => said(404, "There is no such holder."),
    })
    .await
}

async fn statement(Named(case): Named, Query(asked): Query<Asked>) -> Result<Response> {
    let holder = asked.get("id").cloned().unwrap_or_default();
    with_run(&case, &asked, move |_, done| match done.statement(&holder) {
        Ok(Some((name, bytes))) => saved(XLSX, &name, bytes),
        Ok(None) => said(404, "There is no such statement."),
        Err(_) => said(500, "The statement could not be made."),
    })
    .await
}

/// What is said of the file that was made.
async fn what_was_taken(Named(case): Named) -> Response {
    let mut work = case.dropped.work();
    match (work.fault.take(), work.taken.clone()) {
        (Some(fault), _) => page(&views::fault(&fault)),
        (None, Some(taken)) => page(&views::taken(&case.id, &taken)),
        (None, None) => said(409, "Nothing was made yet."),
    }
}

/// The file that was made, or what becomes of each payment in it.
async fn taken(Named(case): Named, Query(asked): Query<Asked>) -> Response {
    let taken = case.dropped.work().taken.clone();
    let found = taken.as_ref().and_then(|taken| {
        let is_this = asked.get("number").is_none_or(|number| *number == taken.number.to_string());
        let made = taken.made.as_ref().ok().filter(|_| is_this)?;
        let path = if asked.contains_key("record") { made.record.as_ref()? } else { &made.path };
        Some((path, File::open(path).ok()?))
    });
    let Some((path, file)) = found else { return said(404, "The file is not here any more. Make it again.") };
    saved("application/octet-stream", &file_name(path), streamed(file))
}

/// A file as it is read, a piece at a time.
fn streamed(mut file: File) -> Body {
    const PIECE: usize = 256 << 10;
    let (sender, receiver) = mpsc::channel::<io::Result<Bytes>>(2);
    spawn_blocking(move || {
        loop {
            let mut piece = vec![0; PIECE];
            let read = file.read(&mut piece);
            let is_last = !matches!(read, Ok(1..));
            let piece = read.map(|length| {
                piece.truncate(length);
                Bytes::from(piece)
            });
            if sender.blocking_send(piece).is_err() || is_last {
                return;
            }
        }
    });
    Body::from_stream(Received(receiver))
}
