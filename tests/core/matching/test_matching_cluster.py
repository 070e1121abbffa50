"""Pairs that a cluster finds are to the byte those that this machine finds, whoever works and whoever dies."""

import json
import os
import pickle
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from cheiron import __version__
from cheiron.core.errors import Invalid
from cheiron.core.matching.candidates import LocalCandidates, joined, wished
from cheiron.core.matching.kernel import best_edges
from cheiron.gateways import cluster
from cheiron.gateways.cluster import ClusterCandidates, cluster_at
from tests.core.matching import on_a_cluster
from tests.core.matching.on_a_cluster import BLOCK, LIMIT, MENTEES, digest_of

ROOT = Path(__file__).resolve().parents[3]
BLOCKS = MENTEES // BLOCK
ONE_AT_A_TIME = pytest.mark.xdist_group("cluster")


@pytest.fixture(scope="module")
def asked(tmp_path_factory) -> LocalCandidates:
    """The question that is asked everywhere, without the dawdling."""
    given = vars(on_a_cluster.question(tmp_path_factory.mktemp("diary") / "diary"))
    return LocalCandidates(**{name: value for name, value in given.items() if name != "diary"})


def on_a_cluster_of(workers: int, folder: Path, *options: str) -> dict:
    """In a process of its own; nothing that it started is left."""
    command = [sys.executable, on_a_cluster.__file__, str(workers), str(folder), *options]
    path = {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    asking = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | path,
        start_new_session=True,
    )
    try:
        printed, said = asking.communicate(timeout=LIMIT + 30)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(asking.pid, signal.SIGKILL)
        asking.wait()
    assert asking.returncode == 0, said
    return json.loads(printed)


# ---------- on separate processes ----------


@ONE_AT_A_TIME
@pytest.mark.parametrize("workers", [1, 3])
def test_any_number_of_workers_finds_the_same_bytes(workers, asked, tmp_path):
    seen = on_a_cluster_of(workers, tmp_path)
    assert seen["digest"] == digest_of(joined(asked.shards(), asked.encoded.shape))
    assert seen["firsts"] == list(range(0, MENTEES, BLOCK))
    assert len(seen["worked"]) == workers
    assert seen["every_block"]
    assert workers == 1 or not seen["in_order"]


@ONE_AT_A_TIME
def test_a_worker_that_is_killed_at_work_changes_no_byte(asked, tmp_path):
    seen = on_a_cluster_of(2, tmp_path, "--kill")
    assert seen["digest"] == digest_of(joined(asked.shards(), asked.encoded.shape))
    assert seen["every_block"]
    assert seen["killed"] in seen["worked"]
    assert len(seen["worked"]) >= 2


@ONE_AT_A_TIME
def test_a_cluster_without_workers_is_said_to_be_one(tmp_path):
    assert on_a_cluster_of(0, tmp_path) == {"refusal": "The cluster has no workers."}


# ---------- what travels ----------


def test_what_travels_finds_the_same_pairs(asked):
    common = cluster._prepared(cluster._without_mentees(asked), __version__)
    shards = [
        cluster._found(common, cluster._alone(part.encoded.mentees), part.forbidden)
        for part in (asked.part(*span) for span in asked.spans())
    ]
    assert [digest_of(one) for one in shards] == [digest_of(shard.edges) for shard in asked.shards()]


def test_the_question_bites(asked):
    """Wishes, rules and seats all change who is found, so that a worker that forgot one would be noticed."""
    encoded, found = asked.encoded, digest_of(asked.edges())
    rules = {"seated": asked.seated, "forbidden": asked.forbidden, "always": wished(encoded)}
    assert digest_of(best_edges(encoded, asked.weights, asked.most, **rules)) == found
    for name in rules:
        assert digest_of(best_edges(encoded, asked.weights, asked.most, **{**rules, name: None})) != found, name


def test_neither_names_nor_ids_nor_answers_travel(asked):
    (span, *_) = asked.spans()
    travels = pickle.dumps((cluster._without_mentees(asked), cluster._alone(asked.part(*span).encoded.mentees)))
    numbers = asked.encoded.vocabulary.numbers
    words = {str(part) for known in numbers for item in known for part in (item if isinstance(item, tuple) else [item])}
    assert {word.strip("0123456789 ") for word in words} == {"topic", "goal", "term", "m"}
    assert [word for word in words if len(word) > 2 and word.encode() in travels] == []


def test_a_block_travels_without_the_lists_of_the_others(asked):
    whole = asked.encoded.mentees
    for first, last in ((0, 10), (30, 70), (250, 260), (9, 9)):
        alone = cluster._alone(whole.rows(first, last))
        assert len(alone) == last - first
        assert len(alone.items) == (whole.starts[last] - whole.starts[first]).sum()
        for column in range(whole.starts.shape[1]):
            assert alone.weights_of(column).tolist() == whole.rows(first, last).weights_of(column).tolist()
            for mine, same in zip(alone.listed(column), whole.rows(first, last).listed(column), strict=True):
                assert mine.tolist() == same.tolist()


# ---------- refusals ----------


@pytest.mark.parametrize("address", ["scheduler.json", "empty.json", "tcp://127.0.0.1:1", "nowhere", "http://x"])
def test_a_cluster_that_is_not_there_is_said_not_to_be(address, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("empty.json").write_text("{}")
    with pytest.raises(Invalid) as refused, cluster_at(address, patience=0.3):
        pass
    assert str(refused.value) == f"No cluster answers at “{address}”."
    assert "dask scheduler" in str(refused.value.issues[0].remedy)


def test_without_dask_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(Invalid) as refused, cluster_at("tcp://127.0.0.1:9", patience=0.2):
        pass
    assert "cluster" in str(refused.value.issues[0].remedy)


def test_another_version_is_refused(asked):
    with pytest.raises(Invalid, match=r"A worker has Cheiron .*, and 0\.0\.0 asks"):
        cluster._prepared(asked, "0.0.0")


def test_weights_are_looked_at_before_anybody_is_asked(asked):
    wrong = replace(asked, weights={"luck": 1.0})
    with pytest.raises(Invalid, match="weights"):
        next(ClusterCandidates(wrong, client=None).shards())


def test_importing_the_gateway_loads_neither_dask_nor_numpy():
    code = "import sys, cheiron.gateways.cluster; assert not {'distributed', 'dask', 'numpy'} & set(sys.modules)"
    checked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT / "src")
    assert (checked.returncode, checked.stderr) == (0, "")
