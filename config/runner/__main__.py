"""`make run`: one command from nothing to a shop that answers, and one Ctrl-C to end it.

`python -m config.runner` prepares everything and serves; `python -m config.runner serve` skips the
preparation (the tests' stack has done it). Exit code 2: it did not start, one sentence says why.
"""

import os
import signal
import sys
import urllib.error
import urllib.request

from config.embedded.process import ServerError
from config.runner.children import shop_children
from config.runner.ground import Ground, lay
from config.runner.prepare import prepare as bring_up_to_date
from config.runner.register import forget_environment, write_environment
from config.runner.say import Refusal, say
from config.runner.supervisor import Supervisor


class Doorbell:
    """Tells the address once, as soon as the first page is ready."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.rung = False

    def __call__(self) -> None:
        """Look after the servers; if not yet done, ask for readiness and print the address."""
        self.ground.keep_servers()
        if self.rung:
            return
        address = f"http://127.0.0.1:{self.ground.port}"
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2) as answer:  # noqa: S310  # our own address
                self.rung = answer.status == 200
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return
        start = "/" if self.ground.demo else "/setup/"
        public = self.ground.environment.get("PUBLIC_URL", address)
        say("runner", f"Ready: {public}{start}   (Ctrl-C stops everything)")


def run(*, prepare: bool) -> None:
    """Lay the ground, serve until told to stop, and take everything down again in order."""
    ground = lay(dict(os.environ))
    # A stop during the preparation goes the same way as one while serving.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        ground.start_servers()
        write_environment(ground.var_dir, ground.environment)
        if prepare:
            say("runner", "preparing the database and the pages")
            bring_up_to_date(ground)
        children = shop_children(
            port=ground.port,
            var_dir=ground.var_dir,
            stand_in_port=ground.stand_in_port,
            history=prepare and ground.demo,
        )
        register = ground.var_dir / "children.json"
        Supervisor(children, ground.environment, register=register, watch=Doorbell(ground)).run()
    except KeyboardInterrupt:
        say("runner", "stopped before it was ready")
    finally:
        ground.stop_servers()
        forget_environment(ground.var_dir)
        say("runner", "everything is stopped")


def main() -> int:
    """Run; turn every refusal into one sentence and exit code 2."""
    try:
        run(prepare="serve" not in sys.argv[1:])
    except (Refusal, ServerError) as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
