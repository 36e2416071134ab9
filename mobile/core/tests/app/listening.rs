//! Walking with a receiver: what it tells goes in, what the owner of the ports is to do comes out.

use field_core::app::RadioOrder;
use field_core::app::model::{Event, ReceiverState, SourceKind};
use radio_core::io::{PortError, What};
use radio_core::receiver::{self, Identity, LinkModes, Reject, State};
use sync_protocol::TourMeter;

use crate::common::{frame, line, open, received, tour_id};
use crate::kit::Bench;

const GATEWAY: &str = "tcp:192.168.1.7:7227";

impl Bench {
    /// Starts a walk with a receiver, and returns the ticket and the modes that are ordered.
    fn listen(&mut self) -> (u64, LinkModes) {
        let source = self.app.add_receiver(GATEWAY).unwrap();
        self.app.start_walk(tour_id(), &source.id, self.clock.now(), &mut self.randomness).unwrap();
        let Some(RadioOrder::Listen { ticket, address, modes }) = self.app.poll_radio() else {
            panic!("nothing was ordered")
        };
        assert_eq!(address.to_string(), GATEWAY);
        (ticket, modes)
    }

    fn told(&mut self, ticket: u64, what: What) {
        self.app.handle_radio(ticket, what, self.clock.now(), &mut self.randomness);
    }

    fn heard(&mut self, ticket: u64, event: receiver::Event) {
        self.told(ticket, What::Event(event));
    }

    fn receiver(&mut self) -> field_core::app::model::Receiver {
        self.app.walk(self.clock.now()).unwrap().unwrap().receiver
    }
}

fn whole(n: u32) -> receiver::Event {
    receiver::Event::Frame(Box::new(received(frame(n, 7, 150_000, None))))
}

#[test]
fn what_a_receiver_hears_is_read_counted_and_kept_like_a_recording() {
    let mut bench = Bench::with_tour(&[line(1, None), line(2, None)]);
    let (ticket, _) = bench.listen();
    assert_eq!(bench.receiver().state, ReceiverState::Idle);

    let identity = Identity { model: "iM871A-USB".into(), ..Identity::default() };
    bench.heard(ticket, receiver::Event::Identified(identity));
    bench.heard(ticket, receiver::Event::Listening(LinkModes::C_AND_T));
    bench.heard(ticket, receiver::Event::State(State::Receiving));
    bench.heard(ticket, whole(1));
    bench.heard(ticket, whole(9));
    bench.heard(ticket, receiver::Event::Rejected(Reject::Crc));
    bench.run(1_000);

    let receiver = bench.receiver();
    assert_eq!(
        (receiver.state, receiver.frames_per_minute, receiver.damaged_per_minute),
        (ReceiverState::Receiving, 3, 1)
    );
    assert_eq!(
        (receiver.model.as_deref(), receiver.link_modes.as_deref()),
        (Some("iM871A-USB"), Some("t,c"))
    );
    assert_eq!((bench.row(line(1, None).id).state, bench.row(line(2, None).id).state), ("read", "open"));
    let walk = bench.app.walk(bench.clock.now()).unwrap().unwrap();
    assert_eq!((walk.foreign_frames, walk.rejected_lines, walk.finished), (1, 1, false));
    assert_eq!(open(bench.folder.path()).fact_counts().unwrap().receptions, 1);
}

#[test]
fn a_receiver_that_is_lost_says_why_once_and_comes_back_by_itself() {
    let mut bench = Bench::with_tour(&[line(1, None)]);
    let (ticket, _) = bench.listen();
    bench.run(1_000);
    bench.told(ticket, What::Failed(PortError::Closed));
    bench.told(ticket, What::Failed(PortError::Silent));
    let problems: Vec<_> = bench
        .run(1_000)
        .into_iter()
        .filter_map(|(_, event)| if let Event::Problem { problem } = event { Some(problem) } else { None })
        .collect();
    assert_eq!(
        problems.iter().map(|problem| (problem.code, problem.retry)).collect::<Vec<_>>(),
        [("receiver_lost", true)]
    );
    assert_eq!(bench.receiver().state, ReceiverState::Lost);
    assert!(bench.app.walk(bench.clock.now()).unwrap().unwrap().listening, "the walk goes on");

    bench.heard(ticket, receiver::Event::State(State::Receiving));
    bench.heard(ticket, whole(1));
    bench.run(1_000);
    assert_eq!(bench.receiver().state, ReceiverState::Receiving);
    assert_eq!(bench.row(line(1, None).id).state, "read");
}

#[test]
fn a_port_that_may_not_be_opened_is_another_problem_than_one_that_is_not_there() {
    for (kind, code) in [
        (std::io::ErrorKind::PermissionDenied, "receiver_denied"),
        (std::io::ErrorKind::NotFound, "no_receiver"),
    ] {
        let mut bench = Bench::with_tour(&[line(1, None)]);
        let (ticket, _) = bench.listen();
        bench.run(1_000);
        bench
            .told(ticket, What::Failed(PortError::Open { place: "/dev/ttyUSB0".into(), error: kind.into() }));
        let said = bench.run(1_000);
        let codes: Vec<_> = said
            .iter()
            .filter_map(
                |(_, event)| if let Event::Problem { problem } = event { Some(problem.code) } else { None },
            )
            .collect();
        assert_eq!(codes, [code]);
    }
}

#[test]
fn what_an_earlier_receiver_still_tells_is_late_and_stopping_closes_the_port() {
    let mut bench = Bench::with_tour(&[line(1, None)]);
    let (first, _) = bench.listen();
    let (second, _) = {
        let source = bench.app.sources().unwrap().remove(0);
        bench.app.start_walk(tour_id(), &source.id, bench.clock.now(), &mut bench.randomness).unwrap();
        assert_eq!(bench.app.poll_radio(), Some(RadioOrder::Stop));
        match bench.app.poll_radio() {
            Some(RadioOrder::Listen { ticket, modes, .. }) => (ticket, modes),
            other => panic!("{other:?}"),
        }
    };
    assert_ne!(first, second);
    bench.heard(first, whole(1));
    bench.run(1_000);
    assert_eq!(bench.row(line(1, None).id).state, "open");

    bench.app.stop_walk(bench.clock.now(), &mut bench.randomness).unwrap();
    assert_eq!(bench.app.poll_radio(), Some(RadioOrder::Stop));
    bench.heard(second, whole(1));
    bench.run(1_000);
    assert_eq!((bench.row(line(1, None).id).state, bench.receiver().state), ("open", ReceiverState::Idle));
}

#[test]
fn the_receiver_is_asked_for_the_modes_that_the_tours_meters_send_in() {
    let of = |modes: Option<&str>, n| TourMeter { link_modes: modes.map(str::to_owned), ..line(n, None) };
    let t = LinkModes { t: true, ..LinkModes::default() };
    let s_and_t = LinkModes { s: true, t: true, c: false };
    for (lines, wanted) in [
        (vec![of(Some("T1"), 1)], t),
        (vec![of(Some("T1"), 1), of(Some("S1"), 2)], s_and_t),
        (vec![of(None, 1)], LinkModes::C_AND_T),
        (vec![of(Some("S1"), 1), of(None, 2)], LinkModes::ALL),
        (vec![of(Some("a mode of tomorrow"), 1)], LinkModes::C_AND_T),
    ] {
        assert_eq!(Bench::with_tour(&lines).listen().1, wanted);
    }
}

#[test]
fn receivers_that_were_named_are_kept_once_and_what_is_none_is_refused() {
    let mut bench = Bench::with_tour(&[line(1, None)]);
    for address in ["file:walk.jsonl", "-", "nothing:at all", ""] {
        assert_eq!(bench.app.add_receiver(address).unwrap_err().code, "bad_receiver", "{address}");
    }
    bench.app.add_receiver(GATEWAY).unwrap();
    bench.app.add_receiver(&format!(" {GATEWAY} ")).unwrap();
    let mut bench = bench.killed();
    let named: Vec<_> = bench
        .app
        .sources()
        .unwrap()
        .into_iter()
        .filter(|source| source.kind == SourceKind::Receiver)
        .collect();
    assert_eq!(named.iter().map(|source| source.name.as_str()).collect::<Vec<_>>(), [GATEWAY]);
    assert_eq!(bench.app.receiver_to_try(&named[0].id).unwrap(), GATEWAY);
    bench.listen();
    assert_eq!(bench.app.receiver_to_try(&named[0].id).unwrap_err().code, "receiver_busy");
    bench.app.remove_receiver(&named[0].id).unwrap();
    assert!(bench.app.sources().unwrap().is_empty());
}
