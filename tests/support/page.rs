//! The page as a browser asks it: a server of one's own, and plain HTTP.

use super::command::ratable;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A running `ratable serve`, with a folder for temporary files of its own.
pub struct Server {
    child: Child,
    pub port: u16,
    /// The printed address.
    pub address: String,
    pub temp: TempDir,
    cookie: String,
}

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header's value; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        let line = self.head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}:")));
        line.and_then(|line| line.split_once(':')).map_or("", |(_, value)| value.trim())
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
        let mut server = Self { child, port, address, temp, cookie: String::new() };
        let enter = format!("/enter/{}", server.secret());
        let entered = server.ask("GET", &enter, &[], b"");
        assert_eq!((entered.status, entered.header("location")), (303, "/"), "{}", entered.head);
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
        let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
        let (host, origin) = (self.host(), format!("http://{}", self.host()));
        let mut all = vec![("Host", host.as_str()), ("Cookie", &self.cookie)];
        if method != "GET" {
            all.push(("Origin", &origin));
        }
        all.retain(|(name, _)| headers.iter().all(|(given, _)| given != name));
        for (name, value) in all.iter().chain(headers).filter(|(_, value)| !value.is_empty()) {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(120))).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(b"\r\n").unwrap();
        // A body that is refused is not read to its end.
        drop(stream.write_all(body));
        let mut bytes = Vec::new();
        drop(stream.read_to_end(&mut bytes));
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("an answer");
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let body = bytes.split_off(end + 4);
        let body = if head.to_lowercase().contains("transfer-encoding: chunked") { joined(&body) } else { body };
        Answer { status, head, body }
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

/// A body that came in pieces.
fn joined(mut body: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    while let Some(end) = body.windows(2).position(|two| two == b"\r\n") {
        let length = usize::from_str_radix(std::str::from_utf8(&body[..end]).unwrap().trim(), 16).unwrap();
        all.extend_from_slice(&body[end + 2..end + 2 + length]);
        body = &body[end + 4 + length..];
    }
    all
}
