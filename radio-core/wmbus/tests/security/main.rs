//! Telegrams that are protected: keys and MACs, security modes, and the four ways of not being opened.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../common/mod.rs"]
mod common;

mod keys;
mod mac;
mod modes;
mod sealed;

use wmbus::{AesKey, Telegram};

/// OMS Vol. 2 Annex N, profile A.
const MODE_5: &str =
    "2E4493157856341233037A2A0020255923C95AAA26D1B2E7493B013EC4A6F6D3529B520EDFF0EA6DEFC99D6D69EBF3";
const MODE_5_KEY: &str = "0102030405060708090A0B0C0D0E0F11";
/// OMS Vol. 2 Annex N, profile B, integrated radio: MCR at 18, MAC at 22, CI at 30.
const MODE_7: &str = "434493157856341233038C2075900F002C25B30A000021924D4F2FB66E017A7500200710\
                      9058475F4BC91DF878B80A1B0F98B629024AAC727942BFC549233C0140829B93";
const MODE_7_KEY: &str = "000102030405060708090A0B0C0D0E0F";
const PLAINTEXT: &str = "2F2F0C1427048502046D32371F1502FD1700002F2F2F2F2F2F2F2F2F2F2F2F2F";

fn key(text: &str) -> AesKey {
    text.parse().unwrap()
}

fn lines(telegram: &Telegram) -> Vec<String> {
    telegram.content().records().iter().map(ToString::to_string).collect()
}

const ANNEX_N: [&str; 3] = ["volume 28504.27 m³", "date_time 2008-05-31T23:50", "error_flags 0x0"];
