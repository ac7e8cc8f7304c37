"""commsim: how neighbourhoods of strangers become neighbourhoods of acquaintances.

    import commsim as cs

    jinyang = cs.load("jinyang")          a scenario: an id, or the path of a YAML file
    jinyang.policies, jinyang.scales, jinyang.numbers()
    community = cs.Community(jinyang, policy="before", scale="courtyard", world=1)
    community.step(), community.live(60)  a day, sixty days
    community.agents                      a Mesa AgentSet of cs.Resident, cs.Renter, cs.Volunteer, cs.Official
    community.measures, community.series  this evening {name: value}; by day, a DataFrame
    community.graph(), community.plan()   who knows whom (networkx); the day as a table
    cs.branch(community, ["before", "jinyang_2016"], days=90)    {policy: Community}, the same luck from here on
    found = cs.compare(jinyang, ["before", "jinyang_2016"], scale="courtyard", days=365, worlds=20)
    found.measures["trust_office"]["by_policy"]["jinyang_2016"]  difference, interval, verdict
    cs.report.write(found, "report.html", lang="zh")
    cs.measures.MEASURES, cs.rules.RULES  what each measure and each rule is called, its unit or arguments
    cs.special.vote(n=125, p=0.62, threshold=0.6, operator=">", runs=2000)    one mechanism alone, answer known
    cs.setup(), cs.predict(item), cs.run(item), cs.explain(item), cs.check(lesson), cs.save(item, path)
    group = cs.read_log("chat.txt")       a real group's log, without texts and names; ask the group first
    group.health().measures, group.loader who writes, who is answered; every line of the file accounted for
    cs.log_panel()                        the same in a notebook, to be clicked
    cs.UserError                          what every one of these raises on a mistake; .text("zh") says it

The names are loaded when first used, so that ``import commsim`` stays quick.
"""

from importlib import import_module

__version__ = "0.1.0"

_WHERE = {
    "load": "commsim.scenarios",
    "scenarios": "commsim.scenarios",
    "Community": "commsim.community",
    "branch": "commsim.community",
    "Resident": "commsim.agents",
    "Renter": "commsim.agents",
    "Volunteer": "commsim.agents",
    "Official": "commsim.agents",
    "compare": "commsim.experiments",
    "report": "commsim.show",
    "measures": "commsim.measures",
    "rules": "commsim.rules",
    "special": "commsim.special",
    "setup": "commsim.lessons",
    "predict": "commsim.lessons",
    "run": "commsim.lessons",
    "explain": "commsim.lessons",
    "check": "commsim.lessons",
    "save": "commsim.lessons",
    "log_panel": "commsim.lessons",
    "read_log": "commsim.chatlogs.group",
    "UserError": "commsim.errors",
}
__all__ = sorted([*_WHERE, "__version__"])


def __getattr__(name):
    if name in _WHERE:
        module = import_module(_WHERE[name])
        return module if _WHERE[name].endswith(f".{name}") else getattr(module, name)
    raise AttributeError(f"module 'commsim' has no attribute {name!r}{_meant(name)}")


def _meant(name: str) -> str:
    """`` Did you mean …?``, as commsim says it everywhere; nothing for the names that Python looks up, such as
    those of modules that have not been loaded yet."""
    from importlib.util import find_spec

    if name.startswith("_") or find_spec(f"commsim.{name}"):
        return ""
    from commsim.errors import nearest
    from commsim.words import say

    close = nearest(name, __all__)
    return "" if close is None else f". {say('error.nearest', nearest=close)}"


def __dir__():
    return __all__
