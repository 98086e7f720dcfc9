//! The page as a browser asks it: a server of one's own, and plain HTTP.

use super::command::ratable;
use axum::body::{Body, to_bytes};
use http::{HeaderMap, Request};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// A running `ratable serve`, with a folder for temporary files of its own.
pub struct Server {
    child: Child,
    pub port: u16,
    /// The printed address.
    pub address: String,
    pub temp: TempDir,
    cookie: String,
    runtime: Runtime,
    client: Client<HttpConnector, Body>,
}

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header's value; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Server {
    pub fn start() -> Self {
        Self::start_in(tempfile::tempdir().unwrap())
    }

    /// Starts where an earlier one may have left something.
    pub fn start_in(temp: TempDir) -> Self {
        let mut child = ratable().arg("serve").env("TMPDIR", temp.path()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let address = lines.find(|line| line.contains("http://")).unwrap().trim().to_owned();
        std::thread::spawn(move || lines.for_each(drop));
        let port = address.split(':').nth(2).unwrap().split('/').next().unwrap().parse().unwrap();
        let client = Client::builder(TokioExecutor::new()).set_host(false).pool_max_idle_per_host(0).build_http();
        let runtime = Runtime::new().unwrap();
        let mut server = Self { child, port, address, temp, cookie: String::new(), runtime, client };
        let enter = format!("/enter/{}", server.secret());
        let entered = server.ask("GET", &enter, &[], b"");
        assert_eq!((entered.status, entered.header("location")), (303, "/"), "{:?}", entered.headers);
        server.cookie = entered.header("set-cookie").split(';').next().unwrap().to_owned();
        server
    }

    pub fn secret(&self) -> &str {
        self.address.rsplit('/').next().unwrap()
    }

    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Asks with these headers beside `Host`, `Cookie` and, unless something is only read, `Origin`; a header that is given
    /// takes the place of those.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let (host, origin) = (self.host(), format!("http://{}", self.host()));
        let mut all = vec![("Host", host.as_str()), ("Cookie", &self.cookie)];
        if method != "GET" {
            all.push(("Origin", &origin));
        }
        all.retain(|(name, _)| headers.iter().all(|(given, _)| given != name));
        let given = all.iter().chain(headers).filter(|(_, value)| !value.is_empty());
        let request = Request::builder().method(method).uri(format!("http://{host}{path}"));
        let request = given.fold(request, |request, (name, value)| request.header(*name, *value));
        let request = request.body(Body::from(body.to_vec())).unwrap();
        let answered = async {
            let answer = self.client.request(request).await.expect("an answer");
            let (parts, body) = answer.into_parts();
            let body = to_bytes(Body::new(body), usize::MAX).await.expect("its body").to_vec();
            Answer { status: parts.status.as_u16(), headers: parts.headers, body }
        };
        let within = async { tokio::time::timeout(Duration::from_secs(120), answered).await };
        self.runtime.block_on(within).expect("an answer in two minutes")
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], b"")
    }

    /// A form that is sent; waits for the work that it begins.
    pub fn post(&self, path: &str, form: &str) -> Answer {
        let kind = [("Content-Type", "application/x-www-form-urlencoded")];
        let mut answer = self.ask("POST", path, &kind, form.as_bytes());
        let until = Instant::now() + Duration::from_secs(120);
        while answer.text().contains("\"stage\":\"w") && Instant::now() < until {
            let case = path.rsplit_once('/').unwrap().0;
            answer = self.get(&format!("{case}/state"));
        }
        answer
    }

    /// The address of a case that was opened.
    pub fn opened(&self, by: &str) -> String {
        let answer = self.ask("POST", by, &[], b"");
        assert_eq!(answer.status, 200, "{}", answer.text());
        format!("/case/{}", answer.text().split('"').nth(3).unwrap())
    }

    /// Drops files and has them read; gives the address of the case.
    pub fn dropped(&self, folder: &str, files: &[(&str, &[u8])]) -> String {
        let case = self.opened("/case");
        for (name, bytes) in files {
            let put = self.ask("PUT", &format!("{case}/file?name={name}&folder={folder}"), &[], bytes);
            assert_eq!(put.status, 204, "{name}: {}", put.text());
        }
        let read = self.post(&format!("{case}/read"), "");
        assert!(read.text().contains("\"done\""), "{}", read.text());
        case
    }

    /// Makes a run, and gives what is shown of it.
    pub fn ran(&self, case: &str, form: &str) -> String {
        let run = self.post(&format!("{case}/run"), form);
        assert!(run.text().contains("\"done\""), "{}", run.text());
        self.get(&format!("{case}/preview")).text()
    }

    /// What was made to be taken away: what is said of it, and the file.
    pub fn taken(&self, case: &str, form: &str) -> (String, Vec<u8>) {
        let made = self.post(&format!("{case}/take"), form);
        assert!(made.text().contains("\"done\""), "{}", made.text());
        let said = self.ask("POST", &format!("{case}/taken"), &[], b"").text();
        (said, self.get(&format!("{case}/taken")).body)
    }

    /// The private folder of the server, of which there is one.
    pub fn folders(&self) -> Vec<PathBuf> {
        folders(self.temp.path())
    }

    /// Ends it as nobody can prevent, and gives its folder for temporary files.
    pub fn killed(mut self) -> TempDir {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::mem::replace(&mut self.temp, tempfile::tempdir().unwrap())
    }

    #[cfg(unix)]
    pub fn interrupted(&mut self) -> Option<i32> {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What lies in a folder.
pub fn folders(of: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(of).unwrap().map(|entry| entry.unwrap().path()).collect()
}
