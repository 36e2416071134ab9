//! Which certificates a handheld trusts.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::net::SocketAddr;
use std::sync::Arc;

use field_core::sync::{Client, NoAnswer, Request, Trust};
use sync_protocol::{Digest, Hello};
use sync_server::http::Api;
use sync_server::serve::{Options, Server};
use sync_server::store::MemoryStore;
use sync_server::{Config, MasterKey, Service, SystemEnvironment};

/// Makes a certificate of this machine and its key, as PEM.
fn certificate() -> (String, String) {
    let pair = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    (pair.cert.pem(), pair.signing_key.serialize_pem())
}

/// Starts a real server that shows a certificate, and returns its address.
async fn start(certificate: &str, key: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let (certificate_file, key_file) = (folder.path().join("certificate.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificate_file, certificate).unwrap();
    std::fs::write(&key_file, key).unwrap();
    let store = Arc::new(MemoryStore::default());
    let environment = Arc::new(SystemEnvironment);
    let service =
        Service::open(store, MasterKey::new([1; 32]), Config::default(), environment).await.unwrap();
    let mut options = Options::new(SocketAddr::from(([127, 0, 0, 1], 0)));
    options.tls = Some(sync_server::tls::load(&certificate_file, &key_file).unwrap());
    let server = Server::bind(Api::new(Arc::new(service)), options).await.unwrap();
    let url = server.url();
    tokio::spawn(server.run(std::future::pending()));
    url
}

#[tokio::test]
async fn a_handheld_trusts_the_certificate_it_was_given_and_no_other() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (own, key) = certificate();
    let (foreign, _) = certificate();
    let url = start(&own, &key).await;
    assert!(url.starts_with("https://"), "{url}");

    let answer = Client::new(&url, &Trust::Authorities(own)).unwrap().send(&Request::Hello).await.unwrap();
    assert_eq!(answer.success::<Hello>().unwrap().server_epoch, 1);
    let refused = Client::new(&url, &Trust::Authorities(foreign)).unwrap().send(&Request::Hello).await;
    assert_eq!(refused, Err(NoAnswer::Untrusted));
    let refused = Client::new(&url, &Trust::Platform).unwrap().send(&Request::Hello).await;
    assert_eq!(refused, Err(NoAnswer::Untrusted), "the platform's certificates do not vouch for it");
}

#[tokio::test]
async fn a_handheld_trusts_the_one_certificate_whose_digest_it_was_given() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let pair = rcgen::generate_simple_self_signed(["office.invalid".to_owned()]).unwrap();
    let url = start(&pair.cert.pem(), &pair.signing_key.serialize_pem()).await;

    // Its name is not that of the address, and nobody signed it: the digest alone vouches for it.
    let own = Trust::Certificate(Digest::of(pair.cert.der()));
    let answer = Client::new(&url, &own).unwrap().send(&Request::Hello).await.unwrap();
    assert_eq!(answer.success::<Hello>().unwrap().server_epoch, 1);
    let other = Trust::Certificate(Digest::of(b"another certificate"));
    let refused = Client::new(&url, &other).unwrap().send(&Request::Hello).await;
    assert_eq!(refused, Err(NoAnswer::Untrusted));
}
