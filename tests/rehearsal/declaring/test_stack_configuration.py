from pathlib import Path

import pytest

from rehearsal.declaring.stack_configuration import StackConfigurationError, as_engine_text, read_stack_configuration


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: fixture\nruntime: python\n")
    (tmp_path / "Pulumi.staging.yaml").write_text("config:\n  aws:region: us-east-1\n")
    return tmp_path


def fault(project: Path, stack: str = "staging") -> str:
    with pytest.raises(StackConfigurationError) as refused:
        read_stack_configuration(project, stack)
    return str(refused.value).replace(str(project), "DIR")


def test_the_fixture_project_is_read_with_its_defaults(project_dir: Path) -> None:
    configuration = read_stack_configuration(project_dir, "staging")
    assert (configuration.project, configuration.stack) == ("fixture", "staging")
    assert configuration.program_dir == project_dir
    assert configuration.values == {
        "aws:region": "us-east-1",
        "fixture:message": "hello",
        "fixture:limits": '{"large":2,"small":1}',
        "fixture:replicas": "2",
    }


def test_a_stack_overrides_the_projects_defaults(project_dir: Path) -> None:
    assert read_stack_configuration(project_dir, "prod").values["fixture:message"] == "hello, prod"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("text", "text"),
        ("30", "30"),
        ("'030'", "030"),
        ("0.5", "0.5"),
        ("1e3", "1000"),
        ("true", "true"),
        ("on", "on"),
        ("0x_", "0x_"),
        ("0b_", "0b_"),
        ("0o_", "0o_"),
        ("0x1_f", "31"),
        ("0o17", "15"),
        ("3_600", "3600"),
        ("yes", "yes"),
        ("12:30", "12:30"),
        ("2026-01-31", "2026-01-31 00:00:00 +0000 UTC"),
        ("[b, 1, 2.0, false, null]", '["b",1,2,false,null]'),
        ("{b: 1, a: {c: é}}", '{"a":{"c":"é"},"b":1}'),
    ],
)
def test_a_value_is_handed_over_as_the_engine_does(project: Path, written: str, expected: str) -> None:
    (project / "Pulumi.staging.yaml").write_text(f"config:\n  key: {written}\n")
    assert read_stack_configuration(project, "staging").values == {"fixture:key": expected}


def test_nothing_is_an_empty_text() -> None:
    assert as_engine_text(None) == ""


def test_encrypted_values_are_named_and_never_shown(project: Path) -> None:
    (project / "Pulumi.staging.yaml").write_text(
        "config:\n  password:\n    secure: v1:abc\n  other:token: {deep: [{secure: v1:def}]}\n  open: 1\n"
    )
    assert fault(project) == (
        "DIR/Pulumi.staging.yaml holds encrypted values that cannot be decrypted offline: fixture:password, "
        "other:token.deep.0; keep the value itself in AWS Secrets Manager or SSM and configure its name, or use "
        "`pulumi preview`"
    )


def test_a_missing_stack_is_reported_with_those_that_exist(project: Path) -> None:
    assert fault(project, "prod") == (
        "there is no stack 'prod' in DIR: Pulumi.prod.yaml is missing; stacks found: staging"
    )


def test_a_folder_without_a_project_is_reported(tmp_path: Path) -> None:
    assert fault(tmp_path) == "DIR/Pulumi.yaml does not exist: name the folder of a Pulumi project"


def test_a_project_without_a_name_is_reported(project: Path) -> None:
    (project / "Pulumi.yaml").write_text("runtime: python\n")
    assert fault(project) == "DIR/Pulumi.yaml has no project name: add `name: NAME`"


def test_a_file_that_is_no_mapping_is_reported(project: Path) -> None:
    (project / "Pulumi.staging.yaml").write_text("- a\n")
    assert fault(project) == (
        "DIR/Pulumi.staging.yaml is not a YAML mapping; allowed: `config:`, and the settings below it, further to the "
        "right"
    )


def test_a_file_that_is_no_yaml_is_reported_with_the_place(project: Path) -> None:
    (project / "Pulumi.staging.yaml").write_text("config: [\n")
    assert fault(project).startswith("DIR/Pulumi.staging.yaml is not YAML: while parsing")
    assert 'in "Pulumi.staging.yaml", line 2, column 1' in fault(project)


def test_an_environment_is_reported(project: Path) -> None:
    (project / "Pulumi.staging.yaml").write_text("environment:\n  - shared\n")
    assert fault(project) == (
        "DIR/Pulumi.staging.yaml imports a Pulumi ESC environment, which cannot be read offline: write its values "
        "into the stack's `config:`"
    )


def test_a_declared_value_that_a_stack_does_not_give_is_reported(project: Path) -> None:
    (project / "Pulumi.yaml").write_text("name: fixture\nconfig:\n  size:\n    type: string\n")
    assert fault(project) == (
        "DIR/Pulumi.staging.yaml does not give fixture:size, which DIR/Pulumi.yaml declares without a default: "
        "add it under `config:`"
    )


def test_a_stack_without_values_is_a_stack(project: Path) -> None:
    (project / "Pulumi.staging.yaml").write_text("config:\n")
    assert read_stack_configuration(project, "staging").values == {}


@pytest.mark.parametrize(("written", "kind"), [("[a]", "a list"), ("text", "a single value"), ("1", "a single value")])
def test_a_config_that_is_no_mapping_is_reported(project: Path, written: str, kind: str) -> None:
    (project / "Pulumi.staging.yaml").write_text(f"config: {written}\n")
    assert fault(project) == (
        f"DIR/Pulumi.staging.yaml has {kind} as `config:`; allowed: a mapping, such as `aws:region: us-east-1` below it"
    )


@pytest.mark.parametrize(
    ("written", "key", "lines"),
    [
        ("config:\n  a: 1\n  b: 2\n  a: 3\n", "a", (2, 4)),
        ("config:\n  jobs:\n    x: {size: 1}\n    x: {size: 2}\n", "x", (3, 4)),
        ("config: {a: 1}\nconfig: {b: 1}\n", "config", (1, 2)),
    ],
)
def test_a_key_that_stands_twice_is_refused_as_the_engine_refuses_it(
    project: Path, written: str, key: str, lines: tuple[int, int]
) -> None:
    (project / "Pulumi.staging.yaml").write_text(written)
    first, second = lines
    assert fault(project).partition("\n  in ")[0] == (
        f"DIR/Pulumi.staging.yaml is not YAML: {key!r} stands already in line {first}; keep one of the two"
    )
    assert f'in "Pulumi.staging.yaml", line {second}, column ' in fault(project)


def test_a_merged_key_may_be_set_anew(project: Path) -> None:
    (project / "Pulumi.staging.yaml").write_text(
        "all: &all {size: 1, kind: x}\nconfig:\n  job:\n    <<: *all\n    size: 2\n"
    )
    assert read_stack_configuration(project, "staging").values == {"fixture:job": '{"kind":"x","size":2}'}


@pytest.mark.parametrize("written", ["&a [*a]", "&a {b: *a}", "{c: &a [{b: *a}]}"])
def test_a_value_inside_itself_is_refused(project: Path, written: str) -> None:
    (project / "Pulumi.staging.yaml").write_text(f"config:\n  key: {written}\n")
    assert fault(project).startswith("DIR/Pulumi.staging.yaml is not YAML: ")
    assert "found unconstructable recursive node" in fault(project)


def test_a_file_nested_beyond_reason_is_refused(project: Path) -> None:
    (project / "Pulumi.staging.yaml").write_text(f"config:\n  key: {'[' * 1000}\n")
    assert fault(project) == "DIR/Pulumi.staging.yaml is nested too deeply to be read"


def test_a_file_that_cannot_be_read_is_reported(project: Path) -> None:
    (project / "Pulumi.staging.yaml").unlink()
    (project / "Pulumi.staging.yaml").mkdir()
    assert fault(project) == "DIR/Pulumi.staging.yaml cannot be read: Is a directory"


@pytest.mark.parametrize(
    ("job", "account"),
    [
        ("{execution_role_arn: 'arn:aws:iam::210987654321:role/studio'}", "210987654321"),
        ("{environment: {ROLE: 'arn:aws:iam::210987654321:role/studio'}}", "123456789012"),
        ("{execution_role_arn: studio}", "123456789012"),
        ("{}", "123456789012"),
    ],
)
def test_an_existing_execution_role_says_of_which_account_a_stack_is(project: Path, job: str, account: str) -> None:
    (project / "Pulumi.staging.yaml").write_text(f"config:\n  training_jobs:\n    a: {job}\n")

    assert read_stack_configuration(project, "staging").account_id == account


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        (
            "config:\n\taws:region: us-east-1\n",
            "YAML takes blanks alone in front of a line: replace each tab by blanks",
        ),
        ("config:\n  a: b: c\n", "put a text that has ': ' in it into quotes; or indent the line like those beside it"),
        (
            "config:\n  a: *_id\n",
            "put a text that begins with '*' into quotes; or define the anchor, with '&', above it",
        ),
        ("config:\n  a: @x\n", "put a text that begins with this character into quotes"),
        (
            "config:\n  a: {b: cron(0 5 ? * MON *), c: 1}\n",
            "put a text that has '?', ',' or a brace in it into quotes, where it stands in braces",
        ),
        (
            "config:\n  a: {s3_path: churn/dt={scheduled_date}/}\n",
            "put a text that has '?', ',' or a brace in it into quotes, where it stands in braces",
        ),
        ("config:\n  a: 1\n b: 2\n", "indent the line like those beside it"),
    ],
)
def test_what_is_no_yaml_is_told_what_cures_it(project: Path, text: str, cure: str) -> None:
    (project / "Pulumi.staging.yaml").write_text(text)

    assert fault(project).splitlines()[-1].strip() == cure


def test_settings_beside_config_are_told_where_they_belong(project: Path) -> None:
    (project / "Pulumi.staging.yaml").write_text("aws:region: us-east-1\nfixture:bucket: b\n")

    assert fault(project) == (
        "DIR/Pulumi.staging.yaml has settings outside of `config:`, where nothing reads them: aws:region, "
        "fixture:bucket; write them below `config:`, further to the right"
    )


@pytest.mark.parametrize("text", ["", "# to do\n", "config:\n"])
def test_a_file_without_a_setting_has_none(project: Path, text: str) -> None:
    (project / "Pulumi.staging.yaml").write_text(text)

    assert read_stack_configuration(project, "staging").values == {}
