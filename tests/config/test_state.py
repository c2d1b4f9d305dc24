from localstack_lite.config.state import digest, state_folder


def test_the_state_folder_ignores_itself(tmp_path):
    folder = state_folder(tmp_path)
    assert folder == tmp_path / ".devserve"
    assert (folder / ".gitignore").read_text() == "*\n"


def test_a_gitignore_of_the_user_stays(tmp_path):
    (tmp_path / ".devserve").mkdir()
    (tmp_path / ".devserve" / ".gitignore").write_text("mine\n")
    assert (state_folder(tmp_path) / ".gitignore").read_text() == "mine\n"


def test_a_digest_tells_where_parts_end():
    assert digest("ab", "c") != digest("a", "bc")
    assert digest("ab") == digest(b"ab")
