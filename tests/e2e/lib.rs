//! WebDriver client and harness for the journeys in the real window.
