//! The parts of one file: which one is hashed, signed and sent next. [`Parts::plan`] begins whatever can begin.

use super::fingerprints::Fingerprints;
use super::part::{Part, PartState};
use super::window::Window;
use crate::clock::Now;
use crate::digest::Checksum;
use crate::error::Error;
use crate::http::{Request, Response};
use crate::json::Malformed;
use crate::storage::Presign;
use crate::storage::multipart::{HashedPart, Listing, Multipart, MultipartUpload};
use crate::upload::effect::{Effect, Lane, LaneEffect, WakeOn};
use crate::upload::retry::Wait;

/// The most parts that one request signs.
const MOST_SIGNED: usize = 8;

/// A multipart upload of a file.
#[derive(Debug)]
pub(in crate::upload) struct Parts {
    pub(super) presign: &'static dyn Presign,
    pub(in crate::upload) multipart: Multipart,
    pub(in crate::upload) upload: MultipartUpload,
    pub(super) parts: Vec<Part>,
    pub(super) fingerprints: Fingerprints,
    pub(super) window: Window,
    /// The number of parts that are hashed: they are hashed in order.
    hashed: usize,
    is_hashing: bool,
    /// The number of parts up to the last one that was stored earlier. Nothing is sent before all these are compared.
    unproven: usize,
    pub(super) is_signing: bool,
    /// Failures of requests that sign, since the last success.
    pub(super) signing_failed: u32,
    signing_waits_until: u64,
    /// Until when no request begins, in time awake, and what ends that early.
    hold: (u64, WakeOn),
    /// When the timer fires.
    timer: Option<u64>,
    /// How often storage had other parts than were sent.
    pub(super) resent: u32,
}

impl Parts {
    /// An upload of a file of this size, of which nothing is stored.
    pub(super) fn new(presign: &'static dyn Presign, multipart: Multipart, upload: MultipartUpload, size: u64) -> Self {
        let part_size = upload.part_size;
        let parts: Vec<Part> = (0..upload.parts(size))
            .map(|index| Part::new(index * part_size, part_size.min(size - index * part_size)))
            .collect();
        Self {
            presign,
            multipart,
            upload,
            fingerprints: Fingerprints::none(parts.len()),
            parts,
            window: Window::new(),
            hashed: 0,
            is_hashing: false,
            unproven: 0,
            is_signing: false,
            signing_failed: 0,
            signing_waits_until: 0,
            hold: (0, WakeOn::Never),
            timer: None,
            resent: 0,
        }
    }

    /// The number of bytes that are stored or being sent.
    pub(super) fn sent(&self) -> u64 {
        self.parts.iter().map(Part::sent).sum()
    }

    /// The number of hashed bytes.
    pub(super) fn hashed_bytes(&self) -> u64 {
        self.parts.iter().take(self.hashed).map(|part| part.bytes).sum()
    }

    pub(super) fn is_complete(&self) -> bool {
        self.hashed == self.parts.len() && self.parts.iter().all(Part::is_stored)
    }

    /// Whether a request is running.
    pub(super) fn is_active(&self) -> bool {
        self.is_signing || self.parts.iter().any(Part::is_sending)
    }

    /// All parts that are hashed, as they are completed.
    pub(in crate::upload) fn manifest(&self) -> Vec<HashedPart> {
        self.parts.iter().enumerate().filter_map(|(index, part)| hashed(index, part)).collect()
    }

    /// Marks the parts that storage has. False if storage has a file that cannot be compared with this one.
    pub(super) fn resume(&mut self, listing: &Listing) -> bool {
        if *listing == Listing::Completed && self.fingerprints.count() < self.parts.len() {
            return false;
        }
        if let Listing::Open(listed) = listing {
            let mut stored = vec![false; self.parts.len()];
            for found in listed {
                let Some(index) = found.number.checked_sub(1).and_then(|index| usize::try_from(index).ok()) else {
                    continue;
                };
                let Some((part, stored)) = self.parts.get_mut(index).zip(stored.get_mut(index)) else { continue };
                if part.bytes == found.bytes {
                    part.listed = found.sha256;
                    *stored = true;
                    if found.sha256.is_some() {
                        self.fingerprints.set(index, found.sha256.as_ref());
                    }
                }
            }
            for (index, stored) in stored.into_iter().enumerate() {
                if !stored {
                    self.fingerprints.set(index, None);
                }
            }
        }
        for (index, part) in self.parts.iter_mut().enumerate() {
            // A part of which nothing is known is sent again.
            if self.fingerprints.has(index) {
                part.state = PartState::Stored;
                self.unproven = index + 1;
            }
        }
        true
    }

    /// Records that nothing runs any longer.
    pub(super) fn interrupt(&mut self) {
        self.is_hashing = false;
        self.is_signing = false;
        self.signing_waits_until = 0;
        self.hold = (0, WakeOn::Never);
        self.timer = None;
        for part in &mut self.parts {
            part.interrupt();
            part.waits_until = 0;
        }
    }

    /// Begins whatever can begin.
    pub(super) fn plan(&mut self, now: Now, hashes_whole: bool) -> Vec<LaneEffect> {
        let mut begun = Vec::new();
        if let Some(part) = self.parts.get(self.hashed).filter(|_| !self.is_hashing) {
            let effect = Effect::HashPart { offset: part.offset, len: part.bytes, whole: hashes_whole };
            begun.push(LaneEffect { lane: Lane::HASH, effect });
            self.is_hashing = true;
        }
        if self.hashed >= self.unproven {
            if self.hold.0 <= now.awake {
                self.send(now, &mut begun);
                self.sign(now, &mut begun);
            }
            self.set_timer(now.awake, &mut begun);
        }
        begun
    }

    fn send(&mut self, now: Now, begun: &mut Vec<LaneEffect>) {
        let running = self.parts.iter().filter(|part| part.is_sending()).count();
        let mut free = self.window.size().saturating_sub(running);
        for (part, lane) in self.parts.iter_mut().zip(Lane::PARTS..) {
            if free == 0 {
                return;
            }
            if part.is_ready(now)
                && let Some(request) = part.send()
            {
                begun.push(LaneEffect { lane: Lane(lane), effect: Effect::Send(request) });
                free -= 1;
            }
        }
    }

    /// Signs the next parts, unless enough are signed.
    fn sign(&mut self, now: Now, begun: &mut Vec<LaneEffect>) {
        let signed = self.parts.iter().filter(|part| matches!(part.state, PartState::Signed(_))).count();
        if self.is_signing || self.signing_waits_until > now.awake || signed >= self.window.size() {
            return;
        }
        let mut batch = Vec::new();
        for (index, part) in self.parts.iter_mut().enumerate() {
            if part.needs_signature(now.awake) && batch.len() < MOST_SIGNED {
                part.state = PartState::Signing;
                batch.extend(hashed(index, part));
            }
        }
        if !batch.is_empty() {
            self.is_signing = true;
            let request = self.multipart.sign_request(&self.upload.token, &batch);
            begun.push(LaneEffect { lane: Lane::SIGN, effect: Effect::Send(request) });
        }
    }

    fn set_timer(&mut self, awake: u64, begun: &mut Vec<LaneEffect>) {
        let (hold, wake) = self.hold;
        let (due, wake) = if hold > awake {
            (Some(hold), wake)
        } else {
            let waits = self.parts.iter().map(|part| part.waits_until).chain([self.signing_waits_until]);
            (waits.filter(|until| *until > awake).min(), WakeOn::Never)
        };
        if let Some(at) = due.filter(|at| self.timer != Some(*at)) {
            self.timer = Some(at);
            begun.push(LaneEffect { lane: Lane::TIMER, effect: Effect::Sleep { millis: at - awake, wake } });
        }
    }

    /// Ends a wait. If the browser is online again, that is earlier than expected.
    pub(super) const fn timer_fired(&mut self) {
        self.timer = None;
        self.hold = (0, WakeOn::Never);
    }

    /// Records the digest of the next part, and compares it with what storage has.
    pub(super) fn hashed(&mut self, digest: Checksum) -> Result<(), Error> {
        let (index, is_unproven) = (self.hashed, self.hashed < self.unproven);
        let Some(part) = self.parts.get_mut(index).filter(|_| self.is_hashing) else { return Ok(()) };
        if is_unproven && part.is_stored() {
            let same = part.listed.map_or_else(|| self.fingerprints.matches(index, &digest), |listed| listed == digest);
            if !same {
                return Err(Error::DifferentFile);
            }
        }
        part.digest = Some(digest);
        self.is_hashing = false;
        self.hashed += 1;
        Ok(())
    }

    /// Reads the signatures of the parts that are being signed. A part without one is signed again.
    pub(super) fn signed(&mut self, response: &Response, now: Now) -> Result<(), Error> {
        let mut signed = 0;
        for (number, ticket) in self.multipart.read_signed(response)? {
            let index = number.checked_sub(1).and_then(|index| usize::try_from(index).ok());
            let part = index.and_then(|index| self.parts.get_mut(index));
            if let Some(part) = part.filter(|part| matches!(part.state, PartState::Signing)) {
                part.signed(ticket, now);
                signed += 1;
            }
        }
        if signed == 0 {
            return Err(Malformed("parts").into());
        }
        self.signing_failed = 0;
        self.unsign();
        Ok(())
    }

    /// Ends the request that signs.
    pub(super) fn unsign(&mut self) {
        self.is_signing = false;
        for part in self.parts.iter_mut().filter(|part| matches!(part.state, PartState::Signing)) {
            part.state = PartState::Unsigned;
        }
    }

    /// A part is stored.
    pub(super) fn stored(&mut self, index: usize, now: Now) {
        let digest = self.parts.get(index).and_then(|part| part.digest);
        self.fingerprints.set(index, digest.as_ref());
        let sent = self.sent();
        self.window.stored(now.awake, sent);
    }

    /// Waits before a failed request is sent again: this part or, without one, the signing of parts. If a server requested the
    /// wait, or the browser is offline, no request begins meanwhile.
    pub(super) fn wait(&mut self, index: Option<usize>, wait: Wait, is_requested: bool, now: Now) {
        let until = now.awake + wait.millis;
        if is_requested || wait.wake != WakeOn::Never {
            self.hold = (until.max(self.hold.0), wait.wake);
        } else if let Some(part) = index.and_then(|index| self.parts.get_mut(index)) {
            part.waits_until = until;
        } else {
            self.signing_waits_until = until;
        }
    }

    /// Until when the server already requested to wait, in time awake.
    pub(super) const fn holds_until(&self) -> u64 {
        self.hold.0
    }

    /// Sends these parts again, because storage does not have them as they were hashed. False if none of the numbers is a part.
    pub(super) fn resend(&mut self, numbers: &[u64]) -> bool {
        let mut found = false;
        for number in numbers {
            let index = number.checked_sub(1).and_then(|index| usize::try_from(index).ok());
            let Some((index, part)) = index.and_then(|index| Some((index, self.parts.get_mut(index)?))) else {
                continue;
            };
            part.state = PartState::Unsigned;
            self.fingerprints.set(index, None);
            found = true;
        }
        self.resent += 1;
        found
    }

    /// A request like the one that signs: where it is sent, and whether it may be repeated.
    pub(super) fn signing_request(&self) -> Request {
        self.multipart.sign_request(&self.upload.token, &[])
    }
}

fn hashed(index: usize, part: &Part) -> Option<HashedPart> {
    Some(HashedPart { number: index as u64 + 1, bytes: part.bytes, sha256: part.digest? })
}
