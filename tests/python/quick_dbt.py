"""Spares dbt repeated work, because tests start it often.

Nothing here changes what dbt parses, compiles or runs. What dbt makes for every
model is made once, or only when it is needed.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from types import CodeType
from typing import Any

import dbt.adapters.base.relation
import dbt.compilation
import dbt.context.base
import dbt.context.providers
import dbt.task.run
import dbt_common.exceptions.base
import networkx
import pytest
from dbt.adapters.base.impl import BaseAdapter
from dbt.adapters.cache import RelationsCache
from dbt.clients.jinja import MacroGenerator
from dbt.compilation import Linker
from dbt.context.exceptions_jinja import CONTEXT_EXPORTS, wrapper
from dbt.context.macros import MacroNamespace, MacroNamespaceBuilder
from dbt.context.providers import ModelContext, RuntimeProvider
from dbt_common.clients import agate_helper
from dbt_common.clients.jinja import BaseMacroGenerator
from dbt_common.dataclass_schema import dbtClassMixin
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager
from dbt_common.tests import enable_test_caching
from jinja2 import Environment
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

Macros = dict[str, dict[str, Any]]


@contextmanager
def quick_dbt() -> Iterator[None]:
    """Makes dbt quicker in this process while it is open."""
    enable_test_caching()
    # dbt makes many objects to look at, but few that only the collector frees.
    gc.set_threshold(100_000, 50, 100)
    with pytest.MonkeyPatch.context() as patch:
        _compile_once(patch)
        _validate_once(patch)
        _hear_what_counts(patch)
        _read_answers_alike(patch)
        _find_relations(patch)
        _keep_macros(patch)
        _keep_contexts(patch)
        _trust_names(patch)
        _rule_out_cycles(patch)
        # Nobody reads this file.
        patch.setattr(Linker, "get_graph_summary", lambda *_: {})
        # They are flags, which need no deep copies.
        patch.setattr(dbt.adapters.base.relation, "deep_merge", _merge)
        # dbt makes a thousand macros for each context, and a model has five.
        patch.setattr(MacroNamespaceBuilder, "build_namespace", _all_macros)
        patch.setattr(dbt.context.providers, "wrapped_exports", _Exceptions)
        patch.setattr(
            dbt.context.base,
            "get_context_modules",
            cache(dbt.context.base.get_context_modules),
        )
        # Each macro that a project doesn't replace raises an exception, which
        # searches the environment for secrets to hide.
        patch.setattr(dbt_common.exceptions.base, "env_secrets", list)
        yield


def _compile_once(patch: pytest.MonkeyPatch) -> None:
    compile_text = Environment.compile
    known: dict[tuple[type, str], CodeType] = {}

    def compile_once(self: Environment, source: str, *more: Any) -> CodeType:
        key = (type(self), source)
        if key not in known:
            known[key] = compile_text(self, source, *more)
        return known[key]

    patch.setattr(Environment, "compile", compile_once)


def _validate_once(patch: pytest.MonkeyPatch) -> None:
    """Validates the same data once: each project has the package's columns."""
    validate = vars(dbtClassMixin)["validate"].__func__
    right: set[tuple[type, str]] = set()

    def validate_once(cls: type[dbtClassMixin], data: Any) -> None:
        key = (cls, repr(data))
        if key not in right:
            validate(cls, data)
            right.add(key)

    patch.setattr(dbtClassMixin, "validate", classmethod(validate_once))


def _hear_what_counts(patch: pytest.MonkeyPatch) -> None:
    """Skips a dozen events per model, meant for a log that isn't written."""
    fire_event = EventManager.fire_event
    put_together = BaseEvent.__init__
    read = BaseEvent.__getattr__

    def remember(self: BaseEvent, *given: Any, **named: Any) -> None:
        vars(self)["given"] = given, named

    def put_together_if_read(self: BaseEvent, key: str) -> Any:
        if "pb_msg" not in vars(self):
            given, named = vars(self)["given"]
            put_together(self, *given, **named)
        return vars(self)["pb_msg"] if key == "pb_msg" else read(self, key)

    def fire_if_heard(
        self: EventManager,
        event: BaseEvent,
        level: EventLevel | None = None,
        **more: Any,
    ) -> None:
        if (level or event.level_tag()) != EventLevel.DEBUG:
            fire_event(self, event, level, **more)

    patch.setattr(BaseEvent, "__init__", remember)
    patch.setattr(BaseEvent, "__getattr__", put_together_if_read)
    patch.setattr(EventManager, "fire_event", fire_if_heard)


def _read_answers_alike(patch: pytest.MonkeyPatch) -> None:
    """Makes what guesses the types of an answer once, and the empty answer."""
    tester = cache(agate_helper.build_type_tester)

    def build_type_tester(
        text_columns: Iterable[str],
        string_null_values: Iterable[str] | None = ("null", ""),
    ) -> Any:
        return tester(frozenset(text_columns), string_null_values)

    patch.setattr(agate_helper, "build_type_tester", build_type_tester)
    patch.setattr(agate_helper, "empty_table", cache(agate_helper.empty_table))


def _find_relations(patch: pytest.MonkeyPatch) -> None:
    """Compares a relation with those of its name, not with hundreds."""
    make_match = BaseAdapter._make_match

    def match_by_name(
        self: BaseAdapter, relations: list[Any], *where: str
    ) -> list[Any]:
        name = where[-1].lower()
        alike = [
            relation
            for relation in relations
            if str(relation.path.identifier).lower() == name
        ]
        return make_match(self, alike, *where)

    def of_schema(self: RelationsCache, *where: str | None) -> list[Any]:
        begins = tuple(part and part.lower() for part in where)
        with self.lock:
            return [
                cached.inner
                for key, cached in self.relations.items()
                if key[:2] == begins
            ]

    patch.setattr(BaseAdapter, "_make_match", match_by_name)
    patch.setattr(RelationsCache, "get_relations", of_schema)


def _keep_macros(patch: pytest.MonkeyPatch) -> None:
    """Makes a macro once for its context, and the context of one called alone.

    A macro reads its context when it is called, so that one made earlier sees
    what has changed since.
    """
    get_macro = BaseMacroGenerator.get_macro

    def keep_macro(self: BaseMacroGenerator) -> Callable:
        if "made" not in vars(self):
            vars(self)["made"] = get_macro(self)
        return vars(self)["made"]

    set_generator = BaseAdapter.set_macro_context_generator

    def keep_context(self: BaseAdapter, generate: Callable) -> None:
        known: dict[tuple, dict] = {}

        def context(
            macro: Any, config: Any, resolver: Any, project: Any
        ) -> Any:
            key = (macro.unique_id, id(resolver), project)
            if key not in known:
                known[key] = generate(macro, config, resolver, project)
            return known[key]

        set_generator(self, context)

    patch.setattr(BaseMacroGenerator, "get_macro", keep_macro)
    patch.setattr(BaseAdapter, "set_macro_context_generator", keep_context)


def _keep_contexts(patch: pytest.MonkeyPatch) -> None:
    """Runs a model in the context that it was just compiled in."""
    generate = dbt.context.providers.generate_runtime_model_context
    last = threading.local()

    def to_compile(node: Any, config: Any, manifest: Any) -> dict[str, Any]:
        made = ModelContext(node, config, manifest, RuntimeProvider(), None)
        last.node, last.made = node, made
        return made.to_dict()

    def to_run(node: Any, *more: Any) -> dict[str, Any]:
        if getattr(last, "node", None) is not node:
            return generate(node, *more)
        last.node, made = None, last.made
        return made.to_dict()

    name = "generate_runtime_model_context"
    patch.setattr(dbt.compilation, name, to_compile)
    patch.setattr(dbt.task.run, name, to_run)


def _trust_names(patch: pytest.MonkeyPatch) -> None:
    """Asks only of names with an underscore whether macros may read them."""
    ask = SandboxedEnvironment.getattr

    def read(self: SandboxedEnvironment, owner: Any, name: str) -> Any:
        if name[0] == "_":
            return ask(self, owner, name)
        try:
            return getattr(owner, name)
        except AttributeError:
            return ask(self, owner, name)

    def call(
        _: Any, context: Context, called: Any, /, *given: Any, **named: Any
    ) -> Any:
        return context.call(called, *given, **named)

    patch.setattr(SandboxedEnvironment, "getattr", read)
    patch.setattr(SandboxedEnvironment, "call", call)


def _rule_out_cycles(patch: pytest.MonkeyPatch) -> None:
    """Finds out whether there is a cycle before it searches for one."""
    find_cycles = Linker.find_cycles

    def find_if_there(self: Linker) -> str | None:
        if networkx.is_directed_acyclic_graph(self.graph):
            return None
        return find_cycles(self)

    patch.setattr(Linker, "find_cycles", find_if_there)


def _merge(*flags: dict[str, bool]) -> dict[str, bool]:
    return {key: flag for some in flags for key, flag in some.items()}


class _Namespace(MacroNamespace):
    """Remembers what it found for each name rather than searching again."""

    def __init__(self, *levels: Any, **named_levels: Any) -> None:
        super().__init__(*levels, **named_levels)
        self.found: dict[str, Any] = {}
        for level in reversed(list(self._search_order())):
            self.found.update(level)

    def _keys(self) -> Any:
        return self.found.keys()

    def __getitem__(self, key: str) -> Any:
        return self.found[key]


def _all_macros(
    self: MacroNamespaceBuilder, by_package: Macros, context: dict[str, Any]
) -> MacroNamespace:
    """Does what build_namespace does, by package rather than by macro."""
    made = {
        package: {
            name: _generator(macro, context, self.node, self.thread_ctx)
            for name, macro in macros.items()
        }
        for package, macros in by_package.items()
    }
    of_dbt: dict[str, Any] = {}
    for package in reversed(self.internal_package_names_order):
        of_dbt |= made.pop(package, {})
    local = made.get(self.search_package, {})
    root = made.get(self.root_package, {})
    return _Namespace(
        global_namespace={} if root is local else root,
        local_namespace=local,
        global_project_namespace=of_dbt,
        packages=made,
    )


def _generator(
    macro: Any, context: dict[str, Any], node: Any, stack: Any
) -> MacroGenerator:
    """Does the work of three constructors in a row."""
    made = MacroGenerator.__new__(MacroGenerator)
    made.macro = macro
    made.context = context
    made.node = node
    made.stack = stack
    return made


class _Exceptions(dict):
    """dbt's exceptions for a model, each wrapped when it is raised."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def __missing__(self, name: str) -> Callable:
        self[name] = wrapper(self.model)(CONTEXT_EXPORTS[name])
        return self[name]
