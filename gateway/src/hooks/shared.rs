//! A spool in Valkey: instances lease the events that they deliver.

use std::time::Duration;

use redis::Script;

use super::event::Stored;
use super::spool::Due;
use crate::millis::millis;
use crate::valkey::{UnavailableError, Valkey};

/// The times when events are due, by id.
const DUE: &str = "mediaferry:hooks:due";
const EVENTS: &str = "mediaferry:hooks:events";
const DEAD: &str = "mediaferry:hooks:dead";
const CORRUPT: &str = "mediaferry:hooks:corrupt";
/// How often to look for the events of other instances.
const POLL: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct SharedSpool {
    valkey: Valkey,
    /// How long an instance has an event for itself: longer than a delivery takes.
    lease: Duration,
}

impl SharedSpool {
    pub(super) fn new(valkey: &Valkey, timeout: Duration) -> Self {
        Self { valkey: valkey.clone(), lease: 2 * timeout + Duration::from_secs(1) }
    }

    pub(super) async fn add(&self, event: &Stored) -> Result<(), UnavailableError> {
        let script = Script::new(include_str!("scripts/add.lua"));
        let mut call = script.prepare_invoke();
        call.key(DUE).key(EVENTS).arg(&event.id).arg(serde_json::to_string(event).unwrap_or_default());
        self.valkey.run(&call).await
    }

    pub(super) async fn due(&self, most: usize) -> Result<Due, UnavailableError> {
        let script = Script::new(include_str!("scripts/lease.lua"));
        let mut call = script.prepare_invoke();
        call.key(DUE).key(EVENTS).arg(most).arg(millis(self.lease));
        let leased: Vec<(String, String)> = self.valkey.run(&call).await?;
        let mut due = Due { events: Vec::new(), corrupt: 0, wait: POLL };
        for (id, text) in leased {
            if let Some(event) = serde_json::from_str(&text).ok().filter(|event: &Stored| event.id == id) {
                due.events.push(event);
            } else {
                due.corrupt += 1;
                self.move_to(&id, "corrupt").await?;
            }
        }
        Ok(due)
    }

    /// `done` deletes the event, `dead` keeps it apart, and a number of milliseconds is the wait before it is due again.
    pub(super) async fn settle(&self, event: &Stored, what: &str) -> Result<(), UnavailableError> {
        self.move_to(&event.id, what).await
    }

    async fn move_to(&self, id: &str, what: &str) -> Result<(), UnavailableError> {
        let script = Script::new(include_str!("scripts/settle.lua"));
        let mut call = script.prepare_invoke();
        call.key(DUE).key(EVENTS).key(DEAD).key(CORRUPT).arg(id).arg(what);
        self.valkey.run(&call).await
    }
}
