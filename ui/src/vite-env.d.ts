/// <reference types="vite/client" />

/** True in builds for tests and design work, where an invented platform may stand in for the shell. */
declare const __FAKE_PLATFORM__: boolean;
