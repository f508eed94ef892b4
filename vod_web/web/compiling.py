"""What do compiled templates do for every value that they show, and for everything that they call?

Jinja's own way costs a third of a page with many cards: each value is wrapped as safe text after it was escaped, only
to be joined with others at once, and each callable is asked four times whether it wants the context. What pages say is
the same (`tests/web/test_compiling.py`).
"""

from types import FunctionType
from typing import Any

from flask.templating import Environment
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import Expr
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape
from markupsafe import _escape_inner as escape_text  # type: ignore[attr-defined] # not public; `escape` wraps its text


class _Generator(CodeGenerator):
    def _output_child_pre(self, node: Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write("environment.show(")
        else:
            super()._output_child_pre(node, frame, finalize)


class _Context(Context):
    def call(__self, __obj: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 - as Jinja has it
        kind = type(__obj)
        if kind is Macro:
            args = (__self.eval_ctx, *args)
        elif kind is not FunctionType or "jinja_pass_arg" in __obj.__dict__:
            return super().call(__obj, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        return __obj(*args, **kwargs)


class PageEnvironment(Environment):
    """Flask's environment, with less to do for each value."""

    code_generator_class = _Generator
    context_class = _Context

    @staticmethod
    def show(value: Any) -> str:
        """The value as a part of a page, escaped unless it is safe."""
        kind = type(value)
        if kind is str:
            told: str = escape_text(value)
            return told
        return value if kind is Markup else escape(value)
