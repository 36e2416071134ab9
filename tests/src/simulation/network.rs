//! What lies between handheld and server, and what it does to a request.

use field_core::sync::{Answer, NoAnswer, Push, Request};
use sync_protocol::{ProblemCode, Token};

use super::dice::Dice;
use super::office::{Office, say};

/// What the handheld gets.
pub(super) type Reply = Result<Answer, NoAnswer>;

/// One thing that goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    LostRequest,
    LostAnswer,
    TimedOut,
    Portal,
    Redirect,
    BadGatewayAfterCommit,
    PortalThatForbids,
    FlippedBit,
    CutShort,
    Doubled,
    KeptForLater,
    StaleAnswer,
    DamagedAnswer,
    CrashBeforeCommit,
    CrashAfterCommit,
    Busy,
    Fails,
}

const FAULTS: [Fault; 17] = [
    Fault::LostRequest,
    Fault::LostAnswer,
    Fault::TimedOut,
    Fault::Portal,
    Fault::Redirect,
    Fault::BadGatewayAfterCommit,
    Fault::PortalThatForbids,
    Fault::FlippedBit,
    Fault::CutShort,
    Fault::Doubled,
    Fault::KeptForLater,
    Fault::StaleAnswer,
    Fault::DamagedAnswer,
    Fault::CrashBeforeCommit,
    Fault::CrashAfterCommit,
    Fault::Busy,
    Fault::Fails,
];

/// The network between all handhelds and the server.
pub(super) struct Network {
    /// Chance of a fault per exchange, in percent.
    pub(super) trouble: u64,
    /// A proxy refuses bodies above this size.
    proxy_limit: Option<usize>,
    /// Requests that somebody keeps and sends again much later.
    kept: Vec<(Token, Push)>,
    /// An answer that a broken cache gives again.
    stale: Option<Answer>,
}

impl Network {
    /// Lays a network without trouble; one in four has a proxy that takes small bodies only.
    pub(super) fn new(dice: &mut Dice) -> Self {
        let proxy_limit = dice.percent(25).then(|| 700 + dice.below(800));
        Self { trouble: 0, proxy_limit, kept: Vec::new(), stale: None }
    }

    /// Carries a request to the server and an answer back, or something else. Returns what went wrong,
    /// for the trace.
    pub(super) fn exchange(
        &mut self,
        office: &mut Office,
        token: &Token,
        request: &Request,
        dice: &mut Dice,
    ) -> (Reply, String) {
        if let (Request::Push(push), Some(limit)) = (request, self.proxy_limit)
            && push.body.len() > limit
        {
            return (Ok(page(413)), "the proxy finds it too large".into());
        }
        if !dice.percent(self.trouble) {
            let answer = office.answer(token, request);
            if let Request::Push(_) = request {
                self.stale = Some(answer.clone());
            }
            return (Ok(answer), String::new());
        }
        let fault = FAULTS[dice.below(FAULTS.len())];
        (self.suffer(fault, office, token, request, dice), format!("{fault:?}"))
    }

    fn suffer(
        &mut self,
        fault: Fault,
        office: &mut Office,
        token: &Token,
        request: &Request,
        dice: &mut Dice,
    ) -> Reply {
        match fault {
            Fault::LostRequest => Err(NoAnswer::Unreachable),
            Fault::LostAnswer => {
                office.answer(token, request);
                Err(NoAnswer::Broken)
            }
            Fault::TimedOut => {
                office.answer(token, request);
                Err(NoAnswer::Timeout)
            }
            Fault::Portal => Ok(page(200)),
            Fault::Redirect => Ok(page(302)),
            Fault::PortalThatForbids => Ok(page(403)),
            Fault::BadGatewayAfterCommit => {
                office.answer(token, request);
                Ok(page(502))
            }
            Fault::FlippedBit => self.damage(office, token, request, dice, |body, dice| {
                let place = dice.below(body.len());
                body[place] ^= 1 << dice.below(8);
            }),
            Fault::CutShort => self.damage(office, token, request, dice, |body, dice| {
                let length = dice.below(body.len());
                body.truncate(length);
            }),
            Fault::Doubled => {
                office.answer(token, request);
                Ok(office.answer(token, request))
            }
            Fault::KeptForLater => {
                if let Request::Push(push) = request {
                    self.kept.push((token.clone(), push.clone()));
                }
                Err(NoAnswer::Timeout)
            }
            Fault::StaleAnswer => match (&self.stale, request) {
                (Some(stale), Request::Push(_)) => Ok(stale.clone()),
                _ => Err(NoAnswer::Broken),
            },
            Fault::DamagedAnswer => {
                let mut answer = office.answer(token, request);
                let length = dice.below(answer.body.len());
                answer.body.truncate(length);
                Ok(answer)
            }
            Fault::CrashBeforeCommit => {
                if let Request::Push(push) = request {
                    office.crash_within(push);
                }
                office.restart();
                Err(NoAnswer::Broken)
            }
            Fault::CrashAfterCommit => {
                office.answer(token, request);
                office.restart();
                Err(NoAnswer::Broken)
            }
            Fault::Busy => Ok(say(ProblemCode::Unavailable, "busy")),
            Fault::Fails => Ok(say(ProblemCode::Internal, "a fault of its own")),
        }
    }

    /// Damages a body on its way up.
    fn damage(
        &mut self,
        office: &mut Office,
        token: &Token,
        request: &Request,
        dice: &mut Dice,
        damage: impl Fn(&mut Vec<u8>, &mut Dice),
    ) -> Reply {
        let Request::Push(push) = request else { return Err(NoAnswer::Broken) };
        let mut damaged = push.clone();
        damage(&mut damaged.body, dice);
        Ok(office.answer(token, &Request::Push(damaged)))
    }

    /// Sends something again that was kept, perhaps for the second time. Its answer reaches nobody.
    pub(super) fn replay(&mut self, office: &mut Office, dice: &mut Dice) {
        if self.kept.is_empty() {
            return;
        }
        let (token, push) = self.kept[dice.below(self.kept.len())].clone();
        office.answer(&token, &Request::Push(push));
    }

    /// Sends everything again that was kept.
    pub(super) fn replay_all(&mut self, office: &mut Office) {
        for (token, push) in std::mem::take(&mut self.kept) {
            office.answer(&token, &Request::Push(push));
        }
    }
}

/// A page of somebody who is not our server.
fn page(status: u16) -> Answer {
    let body = b"<html>Welcome to the free network of the station</html>".to_vec();
    Answer { status, media_type: Some("text/html".into()), retry_after_s: None, body }
}
