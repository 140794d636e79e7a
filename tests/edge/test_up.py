"""`lineside up`, as far as it says what is wrong before anything runs."""

from __future__ import annotations

import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from edge.cli import main
from edge.cli.commands import app
from edge.folder import locked
from edge.settings import settings_from
from lineside.errors import Misconfigured

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run the command; gives its exit status and what it said on stderr."""

    def command(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["lineside", "up", "--data", str(tmp_path / "data"), *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0), capsys.readouterr().err

    return command


def test_a_bad_site_file_is_refused_with_every_mistake(run: Run, tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text(
        "site: north\nlines:\n  - id: line-1\n    machines:\n      - id: A\n        feeds: [B]\n      - idd: C\n"
    )

    status, said = run("--site", str(site))

    assert status == 2
    assert "line 6" in said
    assert "line 7" in said


def test_every_wrong_setting_is_told_at_once(run: Run) -> None:
    status, said = run("--port", "70000", "--tick", "0", "--broker", "http://broker", "--site", "/nowhere/site.yaml")

    assert status == 2
    for expected in ("port:", "tick-seconds:", "broker: an external broker", "site-file: there is no file"):
        assert expected in said


def test_what_the_demonstration_cannot_do_is_told_at_once(run: Run, tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text("site: north\n")

    status, said = run("--demo", "--broker", "mqtt://a:b@127.0.0.1:1", "--site", str(site))

    assert status == 2
    assert "an external broker" in said
    assert "a site file without a line" in said


def test_two_plants_do_not_share_a_data_folder(run: Run, tmp_path: Path) -> None:
    with locked(tmp_path / "data"):
        status, said = run()

    assert status == 2
    assert "another Lineside (process" in said
    assert "--data" in said


def test_an_error_of_the_disk_is_one_clear_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    recording = tmp_path / "telemetry.csv"
    recording.write_text("timestamp,device,attribute,value,unit\n2025-03-03T06:00:00Z,A,T,1,CEL\n")
    monkeypatch.setattr(sys, "argv", ["lineside", "replay", str(recording), "--out", "/dev/full"])

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 1
    assert "No space left on device" in capsys.readouterr().err


def test_a_data_folder_that_cannot_be_used_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, not a folder")

    with pytest.raises(Misconfigured, match="cannot be used"), locked(tmp_path / "data"):
        pass


def test_the_lock_goes_with_its_process(tmp_path: Path) -> None:
    with locked(tmp_path):
        pass
    with locked(tmp_path) as folder:
        assert folder.root == tmp_path
        assert stat.S_IMODE((tmp_path / "lineside.lock").stat().st_mode) == 0o600


def test_tls_needs_its_key(tmp_path: Path) -> None:
    certificate = tmp_path / "cert.pem"
    certificate.touch()

    with pytest.raises(Misconfigured, match="both a certificate and its key"):
        settings_from(data=tmp_path, mqtt_certificate=certificate)


def test_help_says_what_holds_where_nothing_is_given() -> None:
    told = " ".join(CliRunner().invoke(app, ["up", "--help"], env={"COLUMNS": "200"}).stdout.split())

    for default in ("./lineside-data; with --demo", "none; every device", "300; with --demo 10", "a new one at each"):
        assert f"[default: {default}" in told


def test_half_of_what_aws_iot_needs_is_told_at_once(run: Run, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.write_text("no key")

    told = [run(*options)[1] for options in (("--aws-iot", "x.iot"), ("--aws-iot-key", str(key)))]
    told.append(run("--aws-iot", "mqtts://x/y", "--aws-iot-key", str(key), "--aws-iot-certificate", str(key))[1])
    told.append(run("--aws-iot", "x.iot", "--aws-iot-ca", "/nowhere.pem")[1])

    for said in told[:2]:
        assert "AWS IoT needs all of its endpoint, a certificate and its key" in said
    assert "the AWS IoT endpoint is given as host or host:port" in told[2]
    assert "aws-iot-ca: there is no file" in told[3]


def test_aws_iot_with_nothing_to_ask_or_a_key_that_is_none_is_told_before_anything_runs(
    run: Run, tmp_path: Path
) -> None:
    key, site = tmp_path / "key.pem", tmp_path / "site.yaml"
    key.write_text("no key")
    aws = ("--aws-iot", "x.iot:8883", "--aws-iot-key", str(key), "--aws-iot-certificate", str(key))
    commands = "commands: [{attribute: SpeedSetpoint, unit: RPM, min: 1, max: 9, risk: low}]"
    machine = "site: north\nlines: [{id: line-1, machines: [{id: Press, %s}]}]\n"

    said = []
    for content in (machine % "feeds: []", machine % commands):
        site.write_text(content)
        said.append(run("--site", str(site), *aws, "--port", "0", "--mqtt-port", "0"))

    assert [status for status, _ in said] == [2, 2]
    assert "no machine of the site file has a command point" in said[0][1]
    assert f"the certificate {key} with the key {key} cannot be used" in said[1][1]
