"""MLD303: a language model called by a name behind which the provider puts another one."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt_lint.rule import (
    Bad,
    Debt,
    Fetch,
    FileRule,
    Finding,
    Good,
    Needs,
    Profile,
    Role,
    Severity,
    SourceFile,
    Told,
    fetches,
    is_fetching_place,
    is_showing,
    literals,
)

ENDINGS = ("-latest", ":latest")


class LlmModelAlias(FileRule):
    """A language model that somebody else serves is called by a moving alias instead of a dated snapshot.

    Why it is debt
    `gpt-4o` is a pointer: the provider turns it to another snapshot without telling, and prompts, thresholds and
    evaluations that were tuned on the old one meet a new model. It is the paper's unstable data dependency (§3) in
    its purest form: an input signal that is owned and improved by somebody else.

    What to do instead
    Name the snapshot (`gpt-4o-2024-08-06`, `claude-3-5-sonnet-20241022`, `gemini-1.5-pro-002`), and change it in a
    commit, after an evaluation.

    Known limits
    The aliases are those that the library packs list (`moving`), and names that end in `-latest`. Names are
    followed within one file; those from options, configuration or the environment are silent. Examples, and the
    default of a parameter that nobody in the file calls, are shown by the strict profile.

    References
    Sculley et al. 2015, §3 Unstable data dependencies.
    """

    code = "MLD303"
    name = "llm-model-alias"
    debt = Debt.UNSTABLE_DATA
    severity = Severity.WARNING
    needs = Needs(roles=frozenset({Role.LANGUAGE_MODEL}))
    effort_minutes = 5
    examples = (
        Bad(
            """
            from openai import OpenAI

            client = OpenAI()
            answer = client.chat.completions.create(model="gpt-4o", messages=messages)  # bad
            """
        ),
        Bad(
            """
            import anthropic

            MODEL = "claude-3-5-sonnet-latest"

            class Judge:
                def __init__(self):
                    self.client = anthropic.Anthropic()

                def ask(self, messages):
                    return self.client.messages.create(model=MODEL, max_tokens=9, messages=messages)  # bad
            """
        ),
        Bad(
            """
            from langchain_openai import ChatOpenAI as Chat
            from litellm import completion

            def ask(messages, model="openai/gpt-4o-mini"):
                return completion(model=model, messages=messages)  # bad

            chat = Chat(model_name="gpt-4", temperature=0)  # bad
            print(ask(messages))
            """
        ),
        Bad(
            files={
                "rate.ipynb": """
                # %%
                import google.generativeai as genai
                # %%
                names = {"fast": "gemini-1.5-flash", "good": "gemini-1.5-pro"}
                # %%
                model = genai.GenerativeModel(names["fast"])  # bad
                """
            }
        ),
        Good(
            """
            from openai import OpenAI

            client = OpenAI()
            client.chat.completions.create(model="gpt-4o-2024-08-06", messages=messages)
            client.chat.completions.create(model=settings.model, messages=messages)
            client.chat.completions.create(model="meta-llama/Llama-3-8b", messages=messages)
            """
        ),
        Good(
            """
            import argparse
            import tiktoken
            from langchain_openai import ChatOpenAI

            parser = argparse.ArgumentParser()
            parser.add_argument("--model", default="gpt-4o")
            chat = ChatOpenAI(model=parser.parse_args().model)
            encoding = tiktoken.encoding_for_model("gpt-4o")
            """
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report each alias once, at the first call by it."""
        if not is_fetching_place(file.path):
            return
        groups: dict[str, list[tuple[Fetch, Told]]] = {}
        for fetch in fetches(file):
            if fetch.api.role is Role.LANGUAGE_MODEL:
                told = next(filter(lambda t: _moves(file, t.text), literals(file, fetch.id)), None)
                if told is not None:
                    groups.setdefault(told.text, []).append((fetch, told))
        for name, ((fetch, told), *others) in groups.items():
            related = [file.at(other.call, "called here, too") for other, _ in others]
            if file.index.statement(told.node) is not file.index.statement(fetch.call):
                related.insert(0, file.at(told.node, "the name is written here"))
            profile = Profile.STRICT if told.default or is_showing(file.path) else None
            message = f"`{name}` is whatever snapshot its provider serves today: name a dated one"
            yield self.found(file.at(fetch.call), message, tuple(related), profile=profile)


def _moves(file: SourceFile, name: str) -> bool:
    bare = name.rpartition("/")[2].rpartition(":")[2] if not name.endswith(ENDINGS) else name
    return bare in file.library.moving or name.endswith(ENDINGS)
