//! TLS, and the refusal to go without it.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use reqwest::{Certificate, Client};
use sync_server::serve::{Limits, Options, ServeError};
use sync_server::tls::{self, TlsError};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

use crate::support::{Setup, TestServer, patient};

fn write(folder: &Path, name: &str, text: &str) -> std::path::PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

async fn server(limits: Limits) -> (TestServer, Certificate) {
    let folder = tempfile::tempdir().unwrap();
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = write(folder.path(), "certificate.pem", &cert.pem());
    let key = write(folder.path(), "key.pem", &signing_key.serialize_pem());
    let mut setup = Setup::with_limits(limits);
    setup.options.tls = Some(tls::load(&certificate, &key).unwrap());
    (setup.start().await, Certificate::from_pem(cert.pem().as_bytes()).unwrap())
}

fn url(server: &TestServer) -> String {
    format!("https://localhost:{}/api/v1/health", server.address.port())
}

#[tokio::test]
async fn a_client_that_trusts_the_certificate_is_served_over_http_2() {
    let (server, certificate) = server(patient()).await;
    assert!(server.url.starts_with("https://"));
    let client = Client::builder().tls_certs_only([certificate]).build().unwrap();
    let answer = client.get(url(&server)).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.version()), (200, reqwest::Version::HTTP_2));
}

#[tokio::test]
async fn a_client_that_trusts_another_certificate_is_not_served() {
    let (server, _) = server(patient()).await;
    let other = generate_simple_self_signed(["localhost".to_owned()]).unwrap().cert.pem();
    let other = Certificate::from_pem(other.as_bytes()).unwrap();
    let client = Client::builder().tls_certs_only([other]).build().unwrap();
    let error = client.get(url(&server)).send().await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
}

#[tokio::test]
async fn a_client_that_never_shakes_hands_is_cut() {
    let (server, _) = server(Limits { handshake: Duration::from_millis(50), ..patient() }).await;
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
