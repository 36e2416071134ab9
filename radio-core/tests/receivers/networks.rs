//! SDRs and bridges in the network: rtl_tcp, rtl_wmbus, rtl_433, ESPHome.

use std::net::{SocketAddr, TcpListener, UdpSocket};

use demodulator::modulator::{Air, Emission, Random, Transmitter, quantise};
use demodulator::{Complex32, SampleFormat};
use radio_core::LinkMode;
use radio_core::receiver::{Event, State};
use walkby_emulators::lines::LineFormat;
use walkby_emulators::rtl_tcp::{Command, Pace, RtlTcp};
use walkby_emulators::serve::{Bridge, Station};
use walkby_emulators::{AirTelegram, Emulator, Kind};
use wmbus::phy::{self, Band, Preamble};
use wmbus::{Frame, FrameFormat};

use crate::ears::Ears;
use crate::telegrams::{send_until_heard, telegrams};

const RATE_HZ: u32 = 1_600_000;
const CENTER_HZ: u32 = 868_625_000;
const FREQUENCY: u8 = 0x01;
const RATE: u8 = 0x02;
const GAIN: u8 = 0x04;
const CORRECTION: u8 = 0x05;

fn anywhere() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

fn bytes(telegrams: &[AirTelegram]) -> Vec<Vec<u8>> {
    telegrams.iter().map(|telegram| telegram.bytes.clone()).collect()
}

/// Returns what an antenna hears of telegrams of mode T, one each 25 ms.
fn samples(telegrams: &[AirTelegram]) -> Vec<u8> {
    let mut air = Air::new(RATE_HZ, CENTER_HZ, Random::new(1)).with_noise_rms(9.0 / 127.5);
    let amplitude = air.amplitude_at_ebn0_db(&Band::T, 18.0);
    let mut start_s = 0.005;
    for telegram in telegrams {
        let frame = Frame::parse(&telegram.bytes, FrameFormat::WithoutCrc).unwrap();
        let chips = phy::chips(&frame, LinkMode::T1, FrameFormat::A, Preamble::Shortest).unwrap();
        let meter = Transmitter::nominal(&Band::T);
        air.send(Emission::new(&chips, &Band::T, &meter, &mut Random::new(2)).at(start_s, amplitude));
        start_s += 0.025;
    }
    let mut heard = vec![Complex32::default(); 64_000];
    let mut bytes = Vec::new();
    while air.now_s() < start_s + 0.05 {
        air.fill(&mut heard);
        quantise(SampleFormat::Cu8, &heard, &mut bytes);
    }
    bytes
}

#[test]
fn an_rtl_sdr_behind_rtl_tcp_is_set_heard_and_found_again() {
    let sent = telegrams(LinkMode::T1, 6);
    let (receiver, commands) = RtlTcp::new(samples(&sent), Pace::AsFastAsTaken);
    let receiver: Box<dyn Emulator> = Box::new(receiver);
    let (station, address) = Station::over_tcp(receiver, None, anywhere()).unwrap();
    let mut ears = Ears::new("t,c");
    let id = ears.add(&format!("rtl_tcp:{address}?gain=28.0&ppm=-2&rate={RATE_HZ}"));
    ears.wait_until("frames", |ears| ears.frames(id).len() >= sent.len());
    assert_eq!(ears.heard(id), bytes(&sent));
    let set: Vec<Command> = commands.try_iter().collect();
    for (number, value) in
        [(FREQUENCY, CENTER_HZ), (RATE, RATE_HZ), (GAIN, 280), (CORRECTION, (-2_i32).cast_unsigned())]
    {
        assert!(set.contains(&Command { number, value }), "{number}: {set:?}");
    }

    station.unplug();
    ears.wait_for(id, "lost", 1, |event| *event == Event::State(State::Lost));
    station.plug_in();
    ears.wait_until("frames again", |ears| ears.frames(id).len() >= 2 * sent.len());
    assert_eq!(ears.heard(id)[sent.len()..], bytes(&sent));
}

#[test]
fn lines_of_programs_behind_a_socket_are_read() {
    for (kind, written) in [
        (Kind::RtlWmbus, "lines:tcp"),
        (Kind::Rtl433, "lines:tcp"),
        (Kind::EsphomeRtlWmbus, "tcp"),
        (Kind::EsphomeHex, "tcp"),
    ] {
        let (station, address) = Station::over_tcp(kind, None, anywhere()).unwrap();
        let mut ears = Ears::new("s,t,c");
        let id = ears.add(&format!("{written}:{address}"));
        let sent: Vec<_> = [LinkMode::T1, LinkMode::C1, LinkMode::S1]
            .into_iter()
            .flat_map(|mode| telegrams(mode, 8))
            .collect();
        send_until_heard(&station, &sent[0]);
        for telegram in &sent[1..] {
            assert_eq!(station.hear(telegram), 1);
        }
        ears.wait_until("frames", |ears| ears.frames(id).len() >= sent.len());
        assert_eq!(ears.heard(id), bytes(&sent), "{kind}");
        if kind != Kind::EsphomeHex {
            let modes: Vec<_> = ears.frames(id).iter().map(|frame| frame.link_mode).collect();
            assert_eq!(
                modes,
                sent.iter().map(|telegram| Some(telegram.link_mode)).collect::<Vec<_>>(),
                "{kind}"
            );
        }
    }
}

#[test]
fn bridges_that_connect_for_each_telegram_are_heard_and_their_level_is_in_dbm() {
    for format in [LineFormat::EsphomeHex, LineFormat::EsphomeRtlWmbus] {
        let free = TcpListener::bind(anywhere()).unwrap().local_addr().unwrap();
        let mut ears = Ears::new("t,c");
        let id = ears.add(&format!("tcp-server:{free}"));
        let bridge = Bridge::over_tcp(format, free);
        let sent = telegrams(LinkMode::T1, 12);
        for telegram in &sent {
            // Until the server is there nobody takes the first one.
            while bridge.hear(telegram).is_err() {
                std::thread::yield_now();
            }
        }
        ears.wait_until("frames", |ears| ears.frames(id).len() >= sent.len());
        let mut heard = ears.heard(id);
        let mut all = bytes(&sent);
        heard.sort();
        all.sort();
        assert_eq!(heard, all);
        if format == LineFormat::EsphomeRtlWmbus {
            assert!(ears.frames(id).iter().all(|frame| frame.rssi_dbm.is_some_and(|rssi| rssi <= -60)));
        }
    }
}

#[test]
fn datagrams_of_bridges_are_heard() {
    let free = UdpSocket::bind(anywhere()).unwrap().local_addr().unwrap();
    let mut ears = Ears::new("t,c");
    let id = ears.add(&format!("udp:{free}"));
    let bridge = Bridge::over_udp(LineFormat::EsphomeHex, free).unwrap();
    let sent = telegrams(LinkMode::T1, 12);
    // A datagram that comes before the server is lost; one that comes twice is heard twice.
    while ears.frames(id).is_empty() {
        let _ = bridge.hear(&sent[0]);
        ears.take_what_is_told();
    }
    for telegram in &sent[1..] {
        bridge.hear(telegram).unwrap();
    }
    ears.wait_until("frames", |ears| ears.heard(id).last() == Some(&sent[11].bytes));
    let mut heard = ears.heard(id);
    heard.dedup();
    assert_eq!(heard, bytes(&sent));
}
