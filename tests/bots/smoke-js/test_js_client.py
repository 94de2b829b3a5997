"""One conversation from matrix-js-sdk, the library of Element Web, under Node. Before, once:

npm install --no-package-lock --prefix tests/bots/smoke-js
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from pathlib import Path

import pytest
from support.bots import running
from support.schools import HostedSchool

from zvonok_awards.bot import bot
from zvonok_awards.catalogue import AwardsSettings

pytestmark = pytest.mark.live
HERE = Path(__file__).parent
NODE = shutil.which("node")


@pytest.mark.skipif(NODE is None, reason="Node is not installed")
@pytest.mark.skipif(
    not (HERE / "node_modules" / "matrix-js-sdk").is_dir(),
    reason="matrix-js-sdk is missing: npm install --no-package-lock --prefix tests/bots/smoke-js",
)
async def test_a_person_with_matrix_js_sdk_gets_help(school: HostedSchool, tmp_path: Path) -> None:
    me = await school.person("helper", "Помощник")
    anna = await school.person("anna", "Смирнова Анна Павловна")
    async with (
        school.client_of(anna) as client,
        running(
            school.synapse.address,
            me,
            f"sqlite:///{tmp_path / 'bots.db'}",
            [bot],
            settings={"awards": AwardsSettings()},
        ),
    ):
        process = await asyncio.create_subprocess_exec(
            str(NODE),
            HERE / "talk.mjs",
            school.synapse.address,
            anna,
            me,
            env={**os.environ, "TOKEN": client.token},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(60):
                said, wrong = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        assert process.returncode == 0, wrong.decode()
        told = json.loads(said)
        answer = told["answer"]
        # With two in the room it is a direct chat.
        assert answer["msgtype"] == "m.text"
        assert "!награды" in answer["body"]
        assert told["asked"].startswith("$")
