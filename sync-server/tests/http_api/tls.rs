//! TLS, and the refusal to go without it.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use rcgen::generate_simple_self_signed;
use reqwest::{Certificate, Client, Method};
use sync_server::serve::{Limits, Options, ServeError};
use sync_server::tls::{self, TlsError};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

use crate::support::{Setup, patient};

fn write(folder: &Path, name: &str, text: &str) -> std::path::PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[tokio::test]
async fn a_client_that_trusts_the_certificate_is_served_over_http_2() {
    let server = Setup::with_limits(patient()).with_tls().start().await;
    assert!(server.url.starts_with("https://"));
    let answer = server.request(Method::GET, "/health").send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.version()), (200, reqwest::Version::HTTP_2));
}

#[tokio::test]
async fn a_client_that_trusts_another_certificate_is_not_served() {
    let server = Setup::with_limits(patient()).with_tls().start().await;
    let other = generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap().cert.pem();
    let other = Certificate::from_pem(other.as_bytes()).unwrap();
    let client = Client::builder().tls_certs_only([other]).build().unwrap();
    let error = client.get(format!("{}/api/v1/health", server.url)).send().await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
}

#[tokio::test]
async fn a_client_that_never_shakes_hands_is_cut() {
    let limits = Limits { handshake: Duration::from_millis(50), ..patient() };
    let server = Setup::with_limits(limits).with_tls().start().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    assert_eq!(stream.read(&mut [0; 1]).await.unwrap(), 0);
}

#[test]
fn files_that_are_no_certificate_or_no_key_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let one = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let other = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = write(folder.path(), "certificate.pem", &one.cert.pem());
    let key = write(folder.path(), "key.pem", &one.signing_key.serialize_pem());
    let other_key = write(folder.path(), "other.pem", &other.signing_key.serialize_pem());

    assert!(matches!(
        tls::load(&folder.path().join("none"), &key),
        Err(TlsError::File { what: "a certificate", .. })
    ));
    assert!(matches!(tls::load(&key, &key), Err(TlsError::NoCertificate { .. })));
    assert!(matches!(
        tls::load(&certificate, &certificate),
        Err(TlsError::File { what: "a private key", .. })
    ));
    assert!(matches!(tls::load(&certificate, &other_key), Err(TlsError::Certificate(_))));
}

#[test]
fn an_address_beyond_this_machine_needs_tls_or_a_word_that_it_does_not() {
    let beyond = SocketAddr::from(([0, 0, 0, 0], 8080));
    let error = Options::new(beyond).check().unwrap_err();
    assert!(matches!(error, ServeError::PlainHttp { address } if address == beyond));
    let message = error.to_string();
    assert!(message.contains("--tls-certificate") && message.contains("--allow-plain-http"), "{message}");
    assert!(Options { allow_plain_http: true, ..Options::new(beyond) }.check().is_ok());
    for loopback in ["127.0.0.1:1", "[::1]:1", "127.8.8.8:1"] {
        assert!(Options::new(loopback.parse().unwrap()).check().is_ok(), "{loopback}");
    }
}
