#!/usr/bin/env python3
"""Installs, starts and stops the SCIM servers that were not written here.

    servers.py install FOLDER           into FOLDER (usually target/servers); quick when nothing changed
    servers.py serve FOLDER [NAME...]   starts them, prints one line of JSON, stops them when standard input ends

The line is a list of {"name", "scim_url", "token"}. Standard library only; Python 3.9 or newer.
"""

import hashlib
import json
import os
import pathlib
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
START_LIMIT_SECONDS = 30


def install_scim2(folder):
    """Makes a virtual environment and installs what requirements.txt pins."""
    environment = folder / "scim2"
    subprocess.run([sys.executable, "-m", "venv", "--clear", environment], check=True)
    pip = [environment / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--requirement", HERE / "requirements.txt"], check=True)


def install_scimmy(folder):
    """Copies the little server and installs what its lock file pins."""
    project = folder / "scimmy"
    project.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", "server.mjs"):
        shutil.copy(HERE / "scimmy" / name, project / name)
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=project, check=True)


def scim2_command(folder, port, token):
    program = folder / "scim2/bin/scim2-server"
    return [program, "--hostname", "127.0.0.1", "--port", str(port), "--bearer-token", token]


def scimmy_command(folder, port, token):
    return ["node", folder / "scimmy/server.mjs", str(port), token]


# Name: what it is made from, how to install it, how to start it, the path of its SCIM base URL.
SERVERS = {
    "scim2-server": (["requirements.txt"], install_scim2, scim2_command, "/v2"),
    "scimmy-routers": (
        ["scimmy/package.json", "scimmy/package-lock.json", "scimmy/server.mjs"],
        install_scimmy,
        scimmy_command,
        "/scim/v2",
    ),
}


def fingerprint(sources):
    digest = hashlib.sha256()
    for name in sources:
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()


def install(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, (sources, installer, _, _) in SERVERS.items():
        stamp = folder / f"{name}.stamp"
        wanted = fingerprint(sources)
        if stamp.is_file() and stamp.read_text() == wanted:
            continue
        print(f"Installing {name}", file=sys.stderr, flush=True)
        installer(folder)
        stamp.write_text(wanted)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_ready(name, process, url, token):
    request = urllib.request.Request(f"{url}/Users?count=1", headers={"Authorization": f"Bearer {token}"})
    # A proxy of the machine must not see requests to loopback.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + START_LIMIT_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise SystemExit(f"{name} ended at once with {process.returncode}")
        try:
            with opener.open(request, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise SystemExit(f"{name} did not answer within {START_LIMIT_SECONDS} seconds")


def serve(folder, names):
    started, listing = [], []
    # Being told to stop is an ordinary end: the servers must not outlive this script.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        for name in names or SERVERS:
            _, _, command, path = SERVERS[name]
            port, token = free_port(), secrets.token_hex(16)
            url = f"http://127.0.0.1:{port}{path}"
            log = (folder / f"{name}.log").open("wb")
            process = subprocess.Popen(
                [os.fspath(word) for word in command(folder, port, token)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # A group of its own: `node` may be a wrapper, and what is to end is everything that it started.
                start_new_session=True,
            )
            started.append(process)
            wait_until_ready(name, process, url, token)
            listing.append({"name": name, "scim_url": url, "token": token})
        print(json.dumps(listing), flush=True)
        while sys.stdin.readline():
            pass
    finally:
        for process in started:
            end(process)


def end(process):
    """Ends a server and everything that it started."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
        except ProcessLookupError:
            break
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            pass


def main():
    verb, folder, *names = sys.argv[1:] if len(sys.argv) > 2 else ("", "")
    folder = pathlib.Path(folder).resolve()
    if verb == "install":
        try:
            install(folder)
        except (subprocess.CalledProcessError, OSError) as error:
            raise SystemExit(f"The servers could not be installed: {error}") from error
    elif verb == "serve" and all(name in SERVERS for name in names):
        serve(folder, names)
    else:
        raise SystemExit(__doc__)


if __name__ == "__main__":
    main()
