//! Starts the desktop application.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    match lockstep_app::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Lockstep could not start: {error}");
            ExitCode::FAILURE
        }
    }
}
