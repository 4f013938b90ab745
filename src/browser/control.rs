//! Messages to a running task: pause, resume, cancel.

use core::cell::{Cell, RefCell};
use core::task::{Context, Poll, Waker};
use std::rc::Rc;

thread_local! {
    static CONTROLS: RefCell<Vec<(u32, Rc<Control>)>> = const { RefCell::new(Vec::new()) };
}

/// The messages for a running task, by the task's id.
#[derive(Default)]
pub(super) struct Control {
    is_cancelled: Cell<bool>,
    /// The pause state, if it has changed. Several changes are reported as one.
    paused: Cell<Option<bool>>,
    waker: Cell<Option<Waker>>,
}

/// A message to a task.
pub(super) enum Message {
    Cancel,
    Pause,
    Resume,
}

impl Control {
    /// Returns the control of the task with this id, which may not have started yet.
    pub(super) fn of(id: u32) -> Rc<Self> {
        CONTROLS.with_borrow_mut(|controls| {
            if let Some((_, control)) = controls.iter().find(|(known, _)| *known == id) {
                return Rc::clone(control);
            }
            let control = Rc::<Self>::default();
            controls.push((id, Rc::clone(&control)));
            control
        })
    }

    /// Removes a task that has ended.
    pub(super) fn forget(id: u32) {
        CONTROLS.with_borrow_mut(|controls| controls.retain(|(known, _)| *known != id));
    }

    pub(super) const fn is_cancelled(&self) -> bool {
        self.is_cancelled.get()
    }

    pub(super) fn cancel(&self) {
        self.is_cancelled.set(true);
        self.wake();
    }

    pub(super) fn set_paused(&self, paused: bool) {
        self.paused.set(Some(paused));
        self.wake();
    }

    /// The next message.
    pub(super) fn poll(&self, cx: &Context<'_>) -> Poll<Message> {
        if self.is_cancelled.get() {
            return Poll::Ready(Message::Cancel);
        }
        match self.paused.take() {
            Some(true) => Poll::Ready(Message::Pause),
            Some(false) => Poll::Ready(Message::Resume),
            None => {
                self.waker.set(Some(cx.waker().clone()));
                Poll::Pending
            }
        }
    }

    fn wake(&self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}
