//! The parts of one file: which one is hashed, signed and sent next. [`Parts::plan`] begins whatever can begin.

use super::attempts::Attempts;
use super::fingerprints::Fingerprints;
use super::part::{Part, PartState};
use super::window::Window;
use crate::clock::Now;
use crate::digest::Checksum;
use crate::error::Error;
use crate::json::{self, Json, Malformed};
use crate::storage::multipart::{MAX_PART_SIZE, MAX_PARTS, Multipart, Operation};
use crate::storage::put_response::Validity;
use crate::storage::{Presign, PutTicket, Ticket};
use crate::upload::effect::{Effect, Lane, LaneEffect, WakeOn};
use crate::upload::retry::Wait;

/// The most parts that one request signs.
const MAX_SIGNED: usize = 8;

/// A multipart upload of a file.
#[derive(Debug)]
pub(in crate::upload) struct Parts {
    pub(super) presign: &'static dyn Presign,
    pub(super) multipart: Multipart,
    pub(super) token: Token,
    /// The size of every part except the last, which is the rest.
    pub(super) part_size: u64,
    /// When the token expires, in milliseconds since 1970.
    pub(super) expires_at: Option<u64>,
    pub(super) list: Vec<Part>,
    pub(super) fingerprints: Fingerprints,
    pub(super) window: Window,
    /// The number of parts that are hashed: they are hashed in order.
    hashed: usize,
    is_hashing: bool,
    /// The number of parts up to the last one that was stored earlier. Nothing is sent before all these are compared.
    unproven: usize,
    is_signing: bool,
    signing: Attempts,
    /// Until when no request begins, in time awake, and what ends that early.
    hold: (u64, WakeOn),
    /// When the timer fires.
    timer: Option<u64>,
    /// How often storage had other parts than were sent.
    pub(super) resent: u32,
}

/// Identifies a multipart upload; a credential, so `Debug` omits it.
#[derive(Clone)]
pub(super) struct Token(pub(super) String);

impl core::fmt::Debug for Token {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Token(…)")
    }
}

impl Parts {
    /// An upload of a file of this size, of which nothing is stored.
    pub(super) fn new(
        (presign, multipart): (&'static dyn Presign, Multipart),
        token: Token,
        (size, part_size): (u64, u64),
        expires_at: Option<u64>,
    ) -> Result<Box<Self>, Malformed> {
        count_parts((size, part_size))?;
        let mut parts = Vec::new();
        let mut offset = 0;
        while offset < size {
            parts.push(Part::new(offset, part_size.min(size - offset)));
            offset += part_size;
        }
        Ok(Box::new(Self {
            presign,
            multipart,
            token,
            part_size,
            expires_at,
            fingerprints: Fingerprints::none(parts.len()),
            list: parts,
            window: Window::new(),
            hashed: 0,
            is_hashing: false,
            unproven: 0,
            is_signing: false,
            signing: Attempts::new(),
            hold: (0, WakeOn::Never),
            timer: None,
            resent: 0,
        }))
    }

    /// The number of bytes that are stored or being sent.
    pub(super) fn sent(&self) -> u64 {
        self.list.iter().map(Part::sent).sum()
    }

    /// The number of hashed bytes.
    pub(super) fn hashed_bytes(&self) -> u64 {
        self.list.iter().take(self.hashed).map(|part| part.bytes).sum()
    }

    pub(super) fn is_complete(&self) -> bool {
        self.hashed == self.list.len() && self.list.iter().all(Part::is_stored)
    }

    /// Whether a request is running.
    pub(super) fn is_active(&self) -> bool {
        self.is_signing || self.list.iter().any(Part::is_sending)
    }

    /// A field with the token.
    pub(super) fn token(&self) -> (&'static str, String) {
        ("token", json::string(&self.token.0))
    }

    /// The digests of all parts, as JSON texts.
    pub(super) fn digests(&self) -> Vec<String> {
        let mut digests = Vec::new();
        for part in &self.list {
            digests.extend(part.digest.map(|digest| json::string(&digest.hex())));
        }
        digests
    }

    fn by_number(&mut self, number: u64) -> Option<(usize, &mut Part)> {
        let index = usize::try_from(number.checked_sub(1)?).ok()?;
        Some((index, self.list.get_mut(index)?))
    }

    /// Marks the parts that storage has.
    pub(super) fn resume(&mut self, listing: Json<'_>) -> Result<(), Malformed> {
        let status = listing.text("status")?;
        if status == "completed" || status == "unknown" {
            self.list.iter_mut().for_each(|part| part.state = PartState::Stored);
        } else if status == "open" {
            for found in listing.items("parts")? {
                let bytes = found.u64("size_bytes")?;
                if let Some((_, part)) = self.by_number(found.u64("number")?)
                    && part.bytes == bytes
                {
                    part.state = PartState::Stored;
                    part.listed = found.text("sha256").ok();
                }
            }
        } else {
            return Err(Malformed("status"));
        }
        for (index, part) in self.list.iter_mut().enumerate() {
            if part.is_stored() && (part.listed.is_some() || self.fingerprints.has(index)) {
                self.unproven = index + 1;
            } else {
                // A part of which nothing is known is sent again. If the upload was completed, storage rejects that, and it
                // starts again.
                part.state = PartState::Unsigned;
                self.fingerprints.set(index, None);
            }
        }
        Ok(())
    }

    /// Records that nothing runs any longer.
    pub(super) fn interrupt(&mut self) {
        self.is_hashing = false;
        self.is_signing = false;
        self.signing.waits_until = 0;
        self.hold.0 = 0;
        self.timer = None;
        for part in &mut self.list {
            part.interrupt();
            part.attempts.waits_until = 0;
        }
    }

    /// Begins whatever can begin.
    pub(super) fn plan(&mut self, now: Now, hashes_whole: bool, begun: &mut Vec<LaneEffect>) {
        let mut start = |lane, effect| begun.push(LaneEffect { lane, effect });
        if let Some(part) = self.list.get(self.hashed).filter(|_| !self.is_hashing) {
            start(Lane::HASH, Effect::HashPart { offset: part.offset, len: part.bytes, whole: hashes_whole });
            self.is_hashing = true;
        }
        if self.hashed < self.unproven {
            return;
        }
        let (hold, mut wake) = self.hold;
        let is_held = hold > now.awake;
        let mut due = if is_held { hold } else { u64::MAX };
        if !is_held {
            wake = WakeOn::Never;
            let running = self.list.iter().filter(|part| part.is_sending()).count();
            let mut free = self.window.size().saturating_sub(running);
            let mut signed = 0;
            let mut batch = Vec::new();
            let signs = !self.is_signing && self.signing.waits_until <= now.awake;
            for (index, part) in self.list.iter_mut().enumerate() {
                if free > 0
                    && let Some(request) = part.send(now)
                {
                    #[expect(clippy::cast_possible_truncation, reason = "at most 10,000 parts")]
                    start(Lane(Lane::PARTS + index as u32), Effect::Send(request));
                    free -= 1;
                }
                signed += usize::from(matches!(part.state, PartState::Signed(_)));
                // Enough parts are signed to be sent next.
                let wanted = signs && signed < self.window.size() && batch.len() < MAX_SIGNED;
                if wanted && part.attempts.waits_until <= now.awake && matches!(part.state, PartState::Unsigned) {
                    batch.extend(part.digest.map(|digest| {
                        part.state = PartState::Signing;
                        let number = (index as u64 + 1).to_string();
                        json::object(&[("number", number), ("sha256", json::string(&digest.hex()))])
                    }));
                }
            }
            if !batch.is_empty() {
                self.is_signing = true;
                let fields = [self.token(), ("parts", json::list(&batch))];
                start(Lane::SIGN, Effect::Send(self.multipart.request(Operation::Sign, &fields)));
            }
            let waits = self.list.iter().map(|part| part.attempts.waits_until).chain([self.signing.waits_until]);
            due = waits.filter(|until| *until > now.awake).fold(due, u64::min);
        }
        if due != u64::MAX && self.timer != Some(due) {
            self.timer = Some(due);
            start(Lane::TIMER, Effect::Sleep { millis: due - now.awake, wake });
        }
    }

    /// Ends a wait. If the browser is online again, that is earlier than expected.
    pub(super) const fn timer_fired(&mut self) {
        self.timer = None;
        self.hold.0 = 0;
    }

    /// Records the digest of the next part, and compares it with what storage has.
    pub(super) fn hashed(&mut self, digest: Checksum) -> Result<(), Error> {
        let index = self.hashed;
        let Some(part) = self.list.get_mut(index).filter(|_| self.is_hashing) else { return Ok(()) };
        if part.is_stored() {
            let is_same = match &part.listed {
                Some(listed) => listed.eq_ignore_ascii_case(&digest.hex()),
                None => self.fingerprints.matches(index, &digest),
            };
            if !is_same {
                return Err(Error::DifferentFile);
            }
            self.fingerprints.set(index, Some(&digest));
        }
        part.digest = Some(digest);
        self.is_hashing = false;
        self.hashed += 1;
        Ok(())
    }

    /// Reads the signatures of the parts that are being signed. A part without one is signed again.
    pub(super) fn signed(&mut self, json: Json<'_>, now: Now) -> Result<(), Malformed> {
        let mut result = Err(Malformed("parts"));
        for signed in json.items("parts")? {
            let ticket = Ticket::Put(PutTicket {
                url: signed.url("put_url")?,
                headers: signed.pairs("headers")?,
                expires_at_millis: signed.time("expires_at").or_else(|| json.time("expires_at")),
                ..PutTicket::default()
            });
            if let Some((_, part)) = self.by_number(signed.u64("number")?)
                && matches!(part.state, PartState::Signing)
            {
                let validity = Validity::of(&ticket, now);
                part.state = PartState::Signed(Box::new((ticket, validity)));
                result = Ok(());
            }
        }
        result
    }

    /// Ends the request of a lane, and returns its failures.
    pub(super) fn end_request(&mut self, index: Option<usize>) -> Option<&mut Attempts> {
        let Some(index) = index else {
            self.is_signing = false;
            for part in &mut self.list {
                if matches!(part.state, PartState::Signing) {
                    part.state = PartState::Unsigned;
                }
            }
            return Some(&mut self.signing);
        };
        let part = self.list.get_mut(index)?;
        part.interrupt();
        Some(&mut part.attempts)
    }

    /// A part is stored.
    pub(super) fn stored(&mut self, index: usize, now: Now) {
        let digest = self.list.get(index).and_then(|part| part.digest);
        self.fingerprints.set(index, digest.as_ref());
        self.window.stored(now.awake, self.sent());
    }

    /// Records how long to wait before the failed request of a lane is sent again. If a server requested the wait, or the
    /// browser is offline, no request begins meanwhile.
    pub(super) fn wait(&mut self, index: Option<usize>, wait: Wait, is_requested: bool, now: Now) {
        let until = now.awake + wait.millis;
        if is_requested || wait.wake != WakeOn::Never {
            self.hold = (until.max(self.hold.0), wait.wake);
        } else if let Some(attempts) = self.end_request(index) {
            attempts.waits_until = until;
        }
    }

    /// Until when the server already requested to wait, in time awake.
    pub(super) const fn holds_until(&self) -> u64 {
        self.hold.0
    }

    /// Sends the parts with these numbers again, because storage does not have them as they were hashed. False if there are
    /// none, or if that has happened too often.
    pub(super) fn resend(&mut self, numbers: &[Json<'_>]) -> bool {
        let mut found = false;
        for number in numbers {
            if let Some((index, part)) = number.whole().and_then(|number| self.by_number(number)) {
                part.state = PartState::Unsigned;
                self.fingerprints.set(index, None);
                found = true;
            }
        }
        self.resent += 1;
        found
    }
}

/// The number of parts of a file, if the part size is one that a page can send.
pub(super) fn count_parts((size, part_size): (u64, u64)) -> Result<usize, Malformed> {
    let count = if (1..=MAX_PART_SIZE).contains(&part_size) { size.div_ceil(part_size) } else { u64::MAX };
    usize::try_from(count).ok().filter(|_| count <= MAX_PARTS).ok_or(Malformed("part_size"))
}
