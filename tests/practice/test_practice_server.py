"""The server: what it gives, and what it refuses."""

import json
import socket
from pathlib import Path

import pytest

from backproof.practice import work
from backproof.practice.guard import ANYWHERE, HEADERS, in_figures, known_host
from backproof.practice.rendering import assets
from backproof.practice.server import reached
from practice.asking import FORM
from practice.pages import cells, page, parsed, text
from practice.problems import PROBLEM

QUESTION = {"example": "question-01"}


def test_pages_come_as_the_workers_make_them(server):
    assert cells(parsed(server.get("/q/question-01").body)) == cells(page())
    assert server.get("/").status == 200
    answers = [("example", "question-01"), ("answer:U[0,0]", "8"), ("do", "check")]
    reply = server.form(answers, X_Part="main")
    assert reply.body.lstrip().startswith(b"<main")
    assert b"1 of 39 numbers right" in reply.body
    reply = server.get("/q/question-02?part=1&mode=practise")
    assert b'name="part" value="1"' in reply.body


def test_programs_get_json(server):
    solved = server.api("solve", {**QUESTION, "given": {"t": "1/3"}}).json
    assert (solved["numbers"]["y"], solved["numbers"]["dL/dy"]) == ("193/10", "569/30")
    checked = server.api("check", {**QUESTION, "answers": {"y": "19,3", "L": "x"}}).json
    assert [checked["cells"][c]["verdict"] for c in ("y", "L", "V[0,0]")] == ["right", "unread", "blank"]
    described = server.get("/openapi.json").json
    assert set(described["paths"]) == {"/api/check", "/api/solve"}


def test_everything_that_is_served_beside_pages_ships(server):
    for name, (content, kind) in assets().items():
        reply = server.get(f"/static/{name}")
        assert (reply.body, reply.headers["content-type"]) == (content, kind)


REQUESTS = [
    ("GET", "/", 200), ("HEAD", "/", 200), ("GET", "/q/question-01", 200), ("GET", "/openapi.json", 200),
    ("GET", "/static/practice.css", 200), ("GET", "/nothing", 404), ("GET", "/q/nothing", 404), ("GET", "/static/x", 404),
    ("GET", "/practice", 405), ("GET", "/api/check", 405), ("POST", "/", 405), ("PUT", "/practice", 405),
    ("POST", "/practice", 415), ("POST", "/api/solve", 415), ("GET", "/q/question-01?part=99", 422),
    ("GET", "/q/question-01?part=x", 422), ("GET", "/practice/", 404), ("OPTIONS", "/practice", 405),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "status"), REQUESTS)
def test_every_answer_has_the_headers(server, method, path, status):
    reply = server.ask(method, path)
    assert reply.status == status
    kept = "static" in path and status == 200
    wanted = {k.lower(): v for k, v in HEADERS.items() if not (kept and k == "Cache-Control")}
    assert wanted.items() <= reply.headers.items()
    assert "server" not in reply.headers
    if status >= 400 and method != "HEAD":
        assert b"Traceback" not in reply.body
        assert str(Path.home()).encode() not in reply.body
        assert len(json.loads(reply.body) if path.startswith("/api") else parsed(reply.body)) >= 1


PATHS = [
    "/../etc/passwd", "//etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/static/../../pyproject.toml",
    "/static/%2e%2e%2fwork.py", "/static/..%2fwork.py", "/static//etc/passwd", "/static/..\\work.py", "/static/practice.css%00",
    "/q/../../etc/passwd", "/q/%2e%2e%2fdigits", "/q//etc/passwd", "/q/starter", "/q/question-01.toml", "/static/",
    "/q/.", "/q/..", "/%00", "/static/work.py", "/pages/frame.html", "/q/%ff%fe",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_no_path_leads_out(server, path):
    head, _, body = server.raw(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()).partition(b"\r\n\r\n")
    assert head.split()[1] in (b"404", b"400")
    assert b"root:" not in body
    assert b"import " not in body


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1:8000", "[::1]:80", "LOCALHOST"])
def test_it_answers_to_its_own_names(server, name):
    assert server.get("/", Host=name).status == 200


@pytest.mark.parametrize(
    "name",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost@evil.example",
        "10.0.0.1",
        "",
        "[::1",
        "evil@localhost",
        "localhost/evil",
        "localhost:abc",
        "127.0.0.1:8731, evil",
        "localhost:",
        "localhost:80:80",
    ],
)
def test_it_answers_to_no_other(server, name):
    assert server.get("/", Host=name).status == 421


def test_names_of_this_machine_are_its_own_where_others_reach_it():
    name = socket.gethostname()
    for host, own in (
        ("127.0.0.1", False),
        ("localhost", False),
        ("::1", False),
        ("0.0.0.0", True),
        ("10.1.2.3", True),
    ):
        assert [known_host([given], host) for given in (name, f"{name}.local:8000", f"{name}.evil")] == [
            own,
            own,
            False,
        ]
        assert known_host(["10.1.2.3:80"], host) == own
    assert known_host(["10.1.2.4"], "0.0.0.0")
    assert not known_host(["10.1.2.4"], "10.1.2.3")


def test_addresses_are_such_as_others_can_type():
    assert reached("10.1.2.3") == ["10.1.2.3"]
    for host in ("0.0.0.0", "::"):
        assert all(in_figures(address.partition("%")[0]) and address not in ANYWHERE for address in reached(host))
        assert reached(host)


def test_a_length_given_in_two_ways_is_refused(server):
    head = "POST /practice HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
    found = server.raw(head.encode() + b"0\r\n\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert found.startswith(b"HTTP/1.1 400 ")
    assert found.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200), ({"Sec_Fetch_Site": "same-origin"}, 200), ({"Sec_Fetch_Site": "none"}, 200),
        ({"Sec_Fetch_Site": "cross-site"}, 403), ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Origin": "http://evil.example"}, 403), ({"Origin": "null"}, 403), ({"Origin": "https://localhost:8000"}, 403),
        ({"Origin": "http://localhost:8000"}, 200),
    ],
)  # fmt: skip
def test_forms_of_other_sites_are_refused(server, headers, status):
    assert server.form(QUESTION, Host="localhost:8000", **headers).status == status
    assert server.get("/", Sec_Fetch_Site="cross-site").status == 200


EVIL = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'};alert(1)//{{7*7}}",
    "</textarea><b>",
    "&lt;b&gt;",
]


@pytest.mark.parametrize("evil", EVIL)
def test_nothing_from_outside_becomes_markup(evil):
    quoted = json.dumps(evil)
    problem = f"""
        title = {quoted}
        text = {quoted}
        data = {{x = [1, 2], t = 1}}
        layers = [{{rule = "Linear", output = "y", bias = false}}]
        loss = {{rule = "HalfSquaredError"}}
        [[variants]]
        title = {quoted}
    """
    places = {"x[0]": evil, "t": evil, evil: evil}
    for mode in ("read", "practise"):
        tree = page(
            example="",
            problem=problem,
            mode=mode,
            given=places,
            answers={"y": evil, evil: "1"},
            hints={"y": 4, evil: 2},
        )
        assert not [e for e in tree.iter("script") if e.get("src") is None]
        assert not [*tree.iter("img"), *tree.iter("b")]
        assert not any(name.startswith("on") for e in tree.iter() for name in e.attrib)
        assert text(next(tree.iter("h1"))) == " ".join(evil.split())
        values = [i.get("value") for i in tree.iter("input")]
        assert values.count(evil) >= 3
    for state in ({"example": evil}, {"problem": evil}, {"problem": f"a = {evil}"}):
        reply = work.page(work.State(**state), "", True)
        assert reply.status == 422
        assert not [*parsed(reply.text).iter("img"), *parsed(reply.text).iter("b")]


def upload(content: bytes, name: str = "q.toml") -> tuple[bytes, str]:
    edge = "edge"
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return head.encode() + content + f"\r\n--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"


@pytest.mark.parametrize(
    ("content", "status", "says"),
    [
        (PROBLEM.encode(), 200, "Mine"),
        (b"\xef\xbb\xbf" + PROBLEM.replace("\n", "\r\n").encode(), 200, "Mine"),
        (b"", 422, "empty"),
        (b"\xff\xfe\x00", 422, "UTF-8"),
        (b"title =", 422, "not TOML"),
        (PROBLEM.replace("[3, 4]", '{ file = "/etc/passwd" }').encode(), 422, "file of their own"),
        (PROBLEM.replace("[3, 4]", '{ file = "w.npz", key = "W" }').encode(), 422, "file of their own"),
        (PROBLEM.replace("x = [1, 2]", 'x = { file = "x.npy" }').encode(), 422, "file of their own"),
        (PROBLEM.encode() + b"#" * 50_000, 413, "48,000"),
    ],
)
def test_problem_files_are_loaded_or_refused(server, content, status, says):
    body, kind = upload(content)
    reply = server.ask("POST", "/practice", body, Content_Type=kind)
    assert reply.status == status
    assert says in text(next(parsed(reply.body).iter("main")))


def test_training_data_of_a_problem_are_not_opened(server, tmp_path):
    problem = PROBLEM + f'[training]\ndata = "{tmp_path / "nothing.npz"}"\n'
    assert server.form({"problem": problem}).status == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"a=%ff", 400), (b"problem=\xff", 400), (b"example=question-01&mode=fly", 422), (b"do=fly&example=question-01", 422),
        (b"hint:y=x&example=question-01", 422), (b"part=99999&example=question-01", 422), (b"", 422), (b"a=1&" * 9000, 413),
        (b"example=question-01&answer:y=" + b"1" * 5000, 422), (b"example=" + b"x" * 300, 422),
    ],
)  # fmt: skip
def test_forms_that_cannot_be_read(server, body, status):
    assert server.ask("POST", "/practice", body, Content_Type=FORM).status == status


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400), (b"{", 400), (b"\xff", 400), (b"[" * 100_000, 422), (b'{"a": 1}', 422), (b"[]", 422), (b"null", 422),
        (b'{"example": 1}', 422), (b'{"example": "nothing"}', 422), (b'{"example": "question-01", "at": -1}', 422),
        (b'{"example": "question-01", "given": {"t": 1}}', 422), (b'{"example": "../question-01"}', 422),
        (b'{"example": "question-01", "part": 1e9}', 422), (b'{"answers": ' + b'{"a":' * 20_000, 422),
    ],
)  # fmt: skip
def test_json_that_cannot_be_read(server, body, status):
    reply = server.api("solve", body)
    assert reply.status == status
    assert reply.json["error"]


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ({"given": {"t": 1}}, "given: expected a text, got a whole number."),
        ({"answers": {"t": "1" * 5000}}, "answers: expected a text of length at most 4000."),
        ({"part": -1}, "part: expected a whole number of at least 0."),
        ({"problem": "a=" + "[" * 20_000}, "Problem: lists or tables are nested too deeply to be read."),
    ],
)
def test_faults_are_told_in_sentences(server, state, says):
    assert server.api("solve", {**QUESTION, **state}).json["error"].endswith(says)
