//! The addresses of the page, and what each answers.

use super::cases::Open;
use super::job::{Job, Received};
use super::views::{self, Wanted};
use super::work::{self, Ask, Dropped, Ran, Reading, Take};
use super::{Desk, gate, locked, samples, upload};
use axum::body::{Body, Bytes};
use axum::extract::{Form, Path, Query, Request, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
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
    let full: String = name
        .bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b"-_.".contains(&b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect();
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

/// A new case, into which files can be dropped.
async fn open(State(desk): State<Desk>) -> Response {
    match desk.cases.open() {
        Ok(case) => json(&serde_json::json!({"case": case.id})),
        Err(error) => said(500, format!("No place for the case: {error}.")),
    }
}

/// A sample, as if it had been dropped.
async fn sample(State(desk): State<Desk>, Path(name): Path<String>) -> Response {
    let Some(sample) = samples::find(&name) else { return said(404, "There is no such sample.") };
    let put = desk.cases.open().and_then(|case| {
        let put = |(name, bytes): &(&str, &[u8])| upload::put(&case.dropped.folder, name, sample.folder, bytes);
        sample.files.iter().try_for_each(put).map(|()| case)
    });
    match put {
        Ok(case) => json(&serde_json::json!({"case": case.id})),
        Err(error) => said(500, format!("No place for the sample: {error}.")),
    }
}

/// Takes a file that is dropped.
async fn receive(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    request: Request,
) -> Response {
    let Some(case) = desk.cases.get(&id) else { return not_there() };
    let field = |name: &str| asked.get(name).map_or("", String::as_str);
    // One after another: what is there already counts for how much more may come.
    let _turn = case.dropped.uploads.lock().await;
    match upload::take(&case.dropped.folder, field("name"), field("folder"), request.into_body()).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err((status, why)) => said(status, why),
    }
}

/// Starts work on a case, and says how it stands after a moment.
async fn start(desk: &Desk, id: &str, work: impl FnOnce(&Dropped, &Job) + Send + 'static) -> Response {
    let Some(case) = desk.cases.get(id) else { return not_there() };
    json(&desk.cases.start(&case, work).soon().await)
}

/// Reads what was dropped; a form says how.
async fn read(State(desk): State<Desk>, Path(id): Path<String>, Form(fields): Form<Fields>) -> Response {
    if let Some(case) = desk.cases.get(&id) {
        let lines = fields.iter().flat_map(|(name, text)| text.lines().map(move |line| (name, line.trim())));
        let known =
            lines.filter(|(name, line)| !line.is_empty() && ["encoding", "set", "column"].contains(&name.as_str()));
        let how = known.map(|(name, line)| format!("--{name}={line}")).collect();
        case.dropped.work().how = how;
    }
    start(&desk, &id, work::read).await
}

/// The flags that a run's form may give.
const FLAGS: [&str; 7] = ["date", "funds", "pay-date", "proceeds", "scenarios", "breakeven", "acknowledge"];
const COMMANDS: [&str; 6] = ["dividend", "liquidate", "exchange", "vote", "captable", "actions"];

/// Makes the run that the form asks for.
async fn run(State(desk): State<Desk>, Path(id): Path<String>, Form(fields): Form<Fields>) -> Response {
    let Some(case) = desk.cases.get(&id) else { return not_there() };
    let Some(read) = case.dropped.work().read.clone() else { return said(409, "Nothing was read yet.") };
    let Ok(loaded) = &read.result else { return said(409, "The case was not read.") };
    let mut ask = Ask::default();
    for (name, value) in fields.into_iter().filter(|(_, value)| !value.trim().is_empty()) {
        let value = value.trim().to_owned();
        if name == "command" && COMMANDS.contains(&value.as_str()) {
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
    start(&desk, &id, move |case, job| work::run(case, job, ask)).await
}

/// Makes what is to be taken away.
async fn take(State(desk): State<Desk>, Path(id): Path<String>, Form(fields): Form<Fields>) -> Response {
    let field = |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.trim().to_owned());
    let form = field("as").unwrap_or_default();
    let what = match field("what").as_deref() {
        Some("bank") => {
            let flags = [("as", Some(form)), ("first-number", field("first-number"))];
            let given =
                flags.into_iter().filter_map(|(flag, value)| Some((flag.to_owned(), value.filter(|v| !v.is_empty())?)));
            Take::Bank(given.collect())
        }
        Some("journal") => Take::Journal(form),
        _ => Take::Folder,
    };
    let number = field("run");
    match ran(&desk, &id, number.as_deref()) {
        Ok(ran) => start(&desk, &id, move |case, job| work::take(case, job, &ran, &what)).await,
        Err(answer) => *answer,
    }
}

fn job_of(desk: &Desk, id: &str) -> Option<Arc<Job>> {
    desk.cases.get(id).and_then(|case| locked(&case.job).clone())
}

/// How the work stands.
async fn state(State(desk): State<Desk>, Path(id): Path<String>) -> Response {
    let Some(job) = job_of(&desk, &id) else { return not_there() };
    json(&job.soon().await)
}

/// How the work goes on, as server-sent events.
async fn progress(State(desk): State<Desk>, Path(id): Path<String>) -> Response {
    match job_of(&desk, &id) {
        Some(job) => job.events().into_response(),
        None => not_there(),
    }
}

async fn cancel(State(desk): State<Desk>, Path(id): Path<String>) -> Response {
    let Some(job) = job_of(&desk, &id) else { return not_there() };
    job.stop();
    StatusCode::NO_CONTENT.into_response()
}

/// A page was closed: its name is the body.
async fn close(State(desk): State<Desk>, Path(id): Path<String>, page: Bytes) -> Response {
    desk.cases.close(&id, &String::from_utf8_lossy(&page));
    StatusCode::NO_CONTENT.into_response()
}

/// What was read of a case, and how.
fn reading(case: &Open) -> Option<(Arc<Reading>, Vec<String>)> {
    let work = case.dropped.work();
    work.read.clone().map(|read| (read, work.how.clone()))
}

/// The page of a case.
async fn case(State(desk): State<Desk>, Path(id): Path<String>) -> Response {
    let found = desk.cases.get(&id);
    match found.as_deref().and_then(|case| Some((case, reading(case)?, case.shown().ok()?))) {
        Some((case, (read, how), name)) => page(&views::case(&case.id, &name, &how, &read)),
        None => (StatusCode::NOT_FOUND, page(&views::gone())).into_response(),
    }
}

/// The sheet around a problem.
async fn sheet(State(desk): State<Desk>, Path(id): Path<String>, Query(asked): Query<Asked>) -> Response {
    let Some((read, how)) = desk.cases.get(&id).as_deref().and_then(reading) else { return not_there() };
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
async fn problems(State(desk): State<Desk>, Path(id): Path<String>) -> Response {
    let Some(case) = desk.cases.get(&id) else { return not_there() };
    match spawn_blocking(move || work::problems_workbook(&case.dropped)).await {
        Ok(Ok(bytes)) => saved(XLSX, "problems.xlsx", bytes),
        Ok(Err(failure)) => said(409, failure.problems().first().map_or("", |p| p.message.as_str())),
        Err(_) => said(500, "The workbook could not be made."),
    }
}

/// The run of a case that stands, which must be the one of that number: another page may have made another since.
fn ran(desk: &Desk, id: &str, number: Option<&str>) -> Result<Arc<Ran>, Box<Response>> {
    let case = desk.cases.get(id).ok_or_else(|| Box::new(not_there()))?;
    let mut work = case.dropped.work();
    if let Some(fault) = work.fault.take() {
        return Err(Box::new(page(&views::fault(&fault))));
    }
    let ran = work.run.clone().ok_or_else(|| Box::new(said(409, "This run is not here any more. Make it again.")))?;
    if number.is_some_and(|number| number != ran.number.to_string()) {
        return Err(Box::new(said(
            409,
            "Another run of this case was made since, in another window. Make this one again.",
        )));
    }
    Ok(ran)
}

async fn preview(State(desk): State<Desk>, Path(id): Path<String>) -> Response {
    match ran(&desk, &id, None) {
        Ok(ran) => page(&views::preview(&id, &ran)),
        Err(answer) => *answer,
    }
}

/// Does something with the run that stands, beside the answering of others.
async fn with_run(
    desk: &Desk,
    id: &str,
    asked: &Asked,
    answer: impl FnOnce(&Ran, &work::Done) -> Response + Send + 'static,
) -> Response {
    match ran(desk, id, asked.get("run").map(String::as_str)) {
        Ok(ran) => {
            let answered = spawn_blocking(move || match &ran.result {
                Ok(done) => answer(&ran, done),
                Err(_) => said(409, "This run came to nothing."),
            });
            answered.await.unwrap_or_else(|_| said(500, "This could not be shown."))
        }
        Err(answer) => *answer,
    }
}

async fn holders(State(desk): State<Desk>, Path(id): Path<String>, Query(asked): Query<Asked>) -> Response {
    let field = |name: &str| asked.get(name).cloned().unwrap_or_default();
    let wanted = Wanted { find: field("q"), sort: field("sort"), page: field("page").parse().unwrap_or(0) };
    with_run(&desk, &id, &asked, move |_, done| page(&views::holders(done, &wanted))).await
}

async fn holder(State(desk): State<Desk>, Path(id): Path<String>, Query(asked): Query<Asked>) -> Response {
    let holder = asked.get("id").cloned().unwrap_or_default();
    let of = id.clone();
    with_run(&desk, &id, &asked, move |ran, done| match done.run.explain(&holder) {
        Ok(text) => page(&views::derivation(&of, ran.number, &holder, &text, done.pays())),
        Err(_) => said(404, "There is no such holder."),
    })
    .await
}

async fn statement(State(desk): State<Desk>, Path(id): Path<String>, Query(asked): Query<Asked>) -> Response {
    let holder = asked.get("id").cloned().unwrap_or_default();
    with_run(&desk, &id, &asked, move |_, done| match done.statement(&holder) {
        Ok(Some((name, bytes))) => saved(XLSX, &name, bytes),
        Ok(None) => said(404, "There is no such statement."),
        Err(_) => said(500, "The statement could not be made."),
    })
    .await
}

/// What is said of the file that was made.
async fn what_was_taken(State(desk): State<Desk>, Path(id): Path<String>) -> Response {
    let Some(case) = desk.cases.get(&id) else { return not_there() };
    let mut work = case.dropped.work();
    match (work.fault.take(), work.taken.clone()) {
        (Some(fault), _) => page(&views::fault(&fault)),
        (None, Some(taken)) => page(&views::taken(&id, &taken)),
        (None, None) => said(409, "Nothing was made yet."),
    }
}

/// The file that was made, or what becomes of each payment in it.
async fn taken(State(desk): State<Desk>, Path(id): Path<String>, Query(asked): Query<Asked>) -> Response {
    let Some(case) = desk.cases.get(&id) else { return not_there() };
    let gone = || said(404, "The file is not here any more. Make it again.");
    let Some(taken) = case.dropped.work().taken.clone() else { return gone() };
    if asked.get("number").is_some_and(|number| *number != taken.number.to_string()) {
        return gone();
    }
    let path = if asked.contains_key("record") { taken.record.as_ref() } else { Some(&taken.path) };
    let Some((path, file)) = path.and_then(|path| Some((path, File::open(path).ok()?))) else { return gone() };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    saved("application/octet-stream", &name, streamed(file))
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
