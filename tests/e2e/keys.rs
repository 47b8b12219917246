//! Keys as WebDriver names them (W3C WebDriver, "Keyboard actions").

/// A key, or a key held with another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A key that writes this character.
    Character(char),
    /// Tab.
    Tab,
    /// Shift and Tab.
    BackTab,
    /// Enter.
    Enter,
    /// Space.
    Space,
    /// Escape.
    Escape,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Control and the key that writes this character.
    Control(char),
}

impl Key {
    /// Returns the keys to press in order; they are released in the opposite order.
    pub(crate) fn strokes(self) -> Vec<String> {
        const SHIFT: &str = "\u{e008}";
        const CONTROL: &str = "\u{e009}";
        let single = match self {
            Self::Character(letter) => return vec![letter.to_string()],
            Self::Control(letter) => return vec![CONTROL.to_owned(), letter.to_string()],
            Self::BackTab => return vec![SHIFT.to_owned(), "\u{e004}".to_owned()],
            Self::Tab => "\u{e004}",
            Self::Enter => "\u{e007}",
            Self::Space => " ",
            Self::Escape => "\u{e00c}",
            Self::Up => "\u{e013}",
            Self::Down => "\u{e015}",
            Self::Left => "\u{e012}",
            Self::Right => "\u{e014}",
            Self::Home => "\u{e011}",
            Self::End => "\u{e010}",
            Self::PageUp => "\u{e00e}",
            Self::PageDown => "\u{e00f}",
        };
        vec![single.to_owned()]
    }
}
