"""The accounts of the example, each for a reason that its line says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

# When, how many days a week, what.
Phase = tuple[date, date, float, dict[str, float]]

START, END = date(2025, 2, 3), date(2025, 9, 30)

# What people do on a day in the tool: event -> how likely among the others.
WORK = {
    "created_task": 5,
    "completed_task": 5,
    "commented": 4,
    "viewed_dashboard": 3,
    "uploaded_file": 2,
    "created_project": 0.5,
}
LEAD = {
    **WORK,
    "created_report": 1.5,
    "shared_report": 1.5,
    "created_dashboard": 0.7,
    "invited_user": 0.2,
    "created_automation": 0.5,
    "connected_integration": 0.2,
    "changed_settings": 0.5,
    "opened_help": 0.3,
    "exported_data": 0.1,
}
LOOK = {"viewed_dashboard": 4, "commented": 1}
LOGIN = {"logged_in": 1}
# What fills the days of a trial besides the steps it has met.
TRY = {
    "logged_in": 2,
    "created_task": 4,
    "commented": 4,
    "viewed_dashboard": 3,
    "uploaded_file": 2,
    "created_dashboard": 0.6,
    "changed_settings": 0.6,
}

# Of customers, and of trials.
OWNERS = ("Ana Duarte", "Ben Oyelaran", "Carla Winter")
SELLERS = ("Dan Kowalski", "Eve Lindqvist")


@dataclass
class Account:
    """An account and everything that happens to it.

    team: for each user, the phases of their use; the first is the admin.
    """

    id: str
    name: str
    created: date
    region: str
    channel: str
    employees: int
    mrr: int | None = None
    seats: int | None = None
    plan: str = "team"
    csm: str | None = None
    industry: str = "services"
    tier: str | None = None
    fit: str | None = None
    deal_size: int | None = None
    trial_ends: date | None = None
    converted: date | None = None
    cancelled: date | None = None
    # Has given notice for this day, after the end of the example.
    leaves: date | None = None
    contract_ends: date | None = None
    renews: bool = True
    is_key: bool = False
    is_logo: bool = False
    team: list[list[Phase]] = field(default_factory=list)
    # (day, which user, event, how many)
    steps: list[tuple[date, int, str, int]] = field(default_factory=list)
    # (day, what, what the product brings from then on, product)
    changes: list[tuple[date, str, int, str]] = field(default_factory=list)
    # (day, direction, channel, sentiment)
    talks: list[tuple[date, str, str, str | None]] = field(default_factory=list)


def day(month: int, number: int, year: int = 2025) -> date:
    return date(year, month, number)


def steadily(
    rate: float,
    kind: dict[str, float] = WORK,
    since: date = START,
    until: date = END,
) -> list[Phase]:
    return [(since, until, rate, kind)]


def talk(
    first: date, words: str, sentiment: str | None = None
) -> list[tuple[date, str, str, str | None]]:
    """Mails three days apart: o we write, i they do; C and R: calls."""
    return [
        (
            first + timedelta(days=3 * place),
            "outbound" if letter in "oC" else "inbound",
            "call" if letter in "CR" else "email",
            sentiment if letter in "iR" else None,
        )
        for place, letter in enumerate(words)
    ]


def without(kind: dict[str, float], *events: str) -> dict[str, float]:
    return {name: w for name, w in kind.items() if name not in events}


# fmt: off
# -- Customers -----------------------------------------------------------------


def customers() -> list[Account]:
    few = [steadily(2.5, LEAD), steadily(2), steadily(1.5)]
    many = [steadily(4, LEAD), steadily(3.5), steadily(3), steadily(2.5)]
    accounts = [
        # Unwell: urgent tickets, a bad survey, use on the wane.
        Account(
            "a01", "Hartwell Logistics", day(3, 14, 2023), "EU", "direct", 240,
            1450, 20, "business", OWNERS[0], "logistics", "gold",
            contract_ends=day(3, 14, 2026),
            team=[
                [(START, day(6, 30), 4, LEAD), (day(7, 1), END, 1.2, LOOK)],
                [(START, day(7, 15), 3, WORK)],
                [(START, day(6, 15), 3, WORK), (day(6, 16), END, 0.8, LOOK)],
                steadily(0.4, LOOK),
            ],
            talks=talk(day(8, 12), "iioii", "negative"),
        ),
        # As busy as can be, and up for renewal after a down-sell.
        Account(
            "a02", "Brightside Dental", day(11, 10, 2023), "US", "direct", 120,
            900, 12, "business", OWNERS[1], "health", "gold",
            contract_ends=day(11, 10), team=[*many, steadily(4, LEAD)],
            changes=[(day(9, 8), "downsell", 700, "base")],
        ),
        # Hardly used, and yet paying more.
        Account(
            "a03", "Corvid Studios", day(5, 20, 2024), "UK", "inbound", 35,
            200, 8, "team", OWNERS[2], "media", "silver",
            contract_ends=day(5, 20, 2026),
            team=[steadily(0.25, LOOK), steadily(0.15, LOOK)],
            changes=[(day(9, 1), "upsell", 420, "base")],
        ),
        # Made reports every week, and none since 8 September.
        Account(
            "a04", "Pinecrest Schools", day(1, 15, 2024), "US", "direct", 450,
            1100, 25, "business", OWNERS[0], "education", "gold",
            contract_ends=day(1, 15, 2026),
            team=[
                [
                    (START, day(9, 8), 4, {**LEAD, "created_report": 5}),
                    (day(9, 9), END, 4, without(LEAD, "created_report")),
                ],
                steadily(3), steadily(3), steadily(2.5),
            ],
            steps=[(day(9, 8), 0, "created_report", 2)],
        ),
        # Whoever led the account has not been seen since August.
        Account(
            "a05", "Mosaic Events", day(9, 2, 2023), "EU", "inbound", 85, 640,
            10, "team", OWNERS[1], "events", "silver",
            contract_ends=day(9, 2, 2026),
            team=[
                [(START, day(8, 24), 5, LEAD)], steadily(2), steadily(1.5),
                steadily(1),
            ],
        ),
        # Outgrows its plan: two dozen people, nearly all seats, more each year.
        Account(
            "a06", "Larkspur Foods", day(6, 1, 2023), "US", "direct", 320,
            2400, 26, "business", OWNERS[2], "food", "platinum",
            contract_ends=day(6, 1, 2026), is_key=True, is_logo=True,
            team=[
                steadily(4, LEAD),
                *[
                    steadily(1.2, LEAD if n % 4 == 0 else WORK, day(5, 1 + n))
                    for n in range(23)
                ],
            ],
            changes=[
                (day(5, 5), "upsell", 3000, "base"),
                (day(8, 4), "upsell", 3600, "base"),
            ],
            talks=talk(day(9, 1), "ioCR", "positive"),
        ),
        # Took the automations on top.
        Account(
            "a07", "Juniper Architects", day(2, 12, 2024), "UK", "direct", 60,
            520, 8, "business", OWNERS[0], "construction", "silver",
            contract_ends=day(2, 12, 2026),
            team=[
                steadily(3, {**LEAD, "created_automation": 2}), steadily(2.5),
                steadily(2),
            ],
            changes=[(day(7, 10), "cross_sell", 170, "automations")],
        ),
        # Let the renewal of April pass, and halved its seats in June.
        Account(
            "a08", "Oldfield Print", day(4, 3, 2023), "UK", "reseller", 40,
            480, 8, "team", OWNERS[1], "print", "bronze",
            contract_ends=day(4, 3, 2026),
            team=[steadily(1.5, LEAD), steadily(1)],
            renews=False,
            changes=[(day(6, 16), "downsell", 240, "base")],
        ),
        # Silent since August, with a contract that ends in October.
        Account(
            "a09", "Redwood Legal", day(10, 20, 2023), "US", "inbound", 70,
            560, 8, "team", OWNERS[2], "legal", "silver",
            contract_ends=day(10, 20),
            team=[
                steadily(1.5, until=day(8, 8)), steadily(1, until=day(7, 30)),
            ],
            talks=talk(day(9, 10), "oo"),
        ),
        # One person does nearly everything.
        Account(
            "a10", "Sable Fitness", day(8, 1, 2024), "EU", "direct", 30, 310,
            6, "team", OWNERS[0], "sports", "bronze",
            contract_ends=day(8, 1, 2026),
            team=[
                steadily(4.5, LEAD), steadily(0.15, LOOK), steadily(0.1, LOOK),
                steadily(0.1, LOOK),
            ],
        ),
        # Logs in, and that is all.
        Account(
            "a11", "Tern Travel", day(7, 7, 2024), "EU", "reseller", 55, 390,
            6, "team", OWNERS[1], "travel", "bronze",
            contract_ends=day(7, 7, 2026),
            team=[steadily(3, LOGIN), steadily(2, LOGIN)],
        ),
        # Pays nothing.
        Account(
            "a12", "Umber Ceramics", day(2, 20), "UK", "inbound", 6, 0, 3,
            "free", None, "crafts", "free",
            team=[steadily(1.5, since=day(2, 20))],
        ),
        # Out of storage, and an agent works for its people.
        Account(
            "a13", "Vantage Metals", day(12, 1, 2023), "EU", "direct", 800,
            2900, 40, "enterprise", OWNERS[2], "manufacturing", "platinum",
            contract_ends=day(12, 1), is_key=True, team=many,
            talks=talk(day(9, 3), "oioi", "neutral"),
        ),
        # Two of five people have left.
        Account(
            "a14", "Willow Clinics", day(6, 15, 2024), "US", "inbound", 95,
            610, 10, "team", OWNERS[0], "health", "silver",
            contract_ends=day(6, 15, 2026),
            team=[
                steadily(3, LEAD), steadily(2), steadily(2),
                steadily(2, until=day(9, 9)), steadily(2, until=day(9, 12)),
            ],
        ),
        # Much busier than it was a month ago.
        Account(
            "a15", "Yarrow Media", day(10, 5, 2024), "UK", "inbound", 65, 350,
            12, "team", OWNERS[1], "media", "silver", contract_ends=day(10, 5),
            team=[
                [(START, day(8, 31), 0.5, LOOK), (day(9, 1), END, 5, LEAD)],
                [(START, day(8, 31), 0.4, LOOK), (day(9, 1), END, 5, LEAD)],
                [(START, day(8, 31), 0.4, WORK), (day(9, 1), END, 5, LEAD)],
                [(day(9, 2), END, 5, WORK)],
            ],
        ),
        # Less each month since the summer began.
        Account(
            "a16", "Zephyr Freight", day(3, 9, 2024), "EU", "direct", 210,
            1200, 18, "business", OWNERS[2], "logistics", "gold",
            contract_ends=day(3, 9, 2026),
            team=[
                [
                    (START, day(6, 30), 5, kind),
                    (day(7, 1), day(7, 31), 3, kind),
                    (day(8, 1), day(8, 31), 1, kind),
                    (day(9, 1), END, 0.6, kind),
                ]
                for kind in (LEAD, WORK, WORK)
            ],
        ),
        # Steady, everywhere but where the trouble is; one left, came back,
        # and has given notice.
        Account(
            "a17", "Lindgren Möbel", day(2, 1, 2024), "EU", "reseller", 130,
            720, 10, "team", OWNERS[0], "retail", "silver",
            contract_ends=day(2, 1, 2026), team=few,
        ),
        Account(
            "a18", "Northgate Pharmacy", day(5, 11, 2023), "UK", "reseller",
            75, 430, 8, "team", OWNERS[1], "health", "silver",
            contract_ends=day(5, 11, 2026), leaves=day(11, 30),
            team=[
                steadily(2.5, LEAD, day(3, 10)), steadily(2, WORK, day(3, 10)),
            ],
            changes=[
                (day(11, 29, 2024), "cancellation", 0, "base"),
                (day(3, 10), "reactivation", 430, "base"),
            ],
        ),
        Account(
            "a19", "Opal Insurance", day(8, 28, 2023), "US", "direct", 2200,
            5200, 60, "enterprise", OWNERS[2], "finance", "platinum",
            contract_ends=day(8, 28, 2026), is_key=True, is_logo=True,
            team=[*many, steadily(3)],
            talks=talk(day(7, 2), "oioioi", "positive"),
            changes=[(day(5, 2), "price list 2025", 5350, "base")],
        ),
        Account(
            "a20", "Quarry Bank Schools", day(9, 30, 2024), "UK", "direct",
            150, 680, 12, "team", OWNERS[0], "education", "silver",
            contract_ends=day(9, 30, 2026), team=few,
        ),
        Account(
            "a21", "Rowan Interiors", day(4, 22, 2024), "EU", "inbound", 28,
            190, 5, "team", OWNERS[1], "construction", "bronze",
            contract_ends=day(4, 22, 2026), team=few[:2],
        ),
        # Left, as customers do.
        Account(
            "a22", "Ironbark Surveying", day(6, 20, 2023), "EU", "direct", 45,
            340, 6, "team", OWNERS[2], "construction", "bronze",
            cancelled=day(6, 20), team=[steadily(1, until=day(5, 25))],
        ),
        Account(
            "a23", "Kestrel Optics", day(8, 5, 2024), "EU", "direct", 90, 590,
            8, "team", OWNERS[0], "retail", "silver", cancelled=day(8, 5),
            team=[
                steadily(1.5, LEAD, until=day(6, 30)),
                steadily(1, until=day(7, 10)),
            ],
        ),
    ]
    # American customers of resellers: most of those who left this summer.
    resold = (
        ("Ashford Tools", day(7, 18)), ("Barrel House Coffee", None),
        ("Cedar Lane Dental", day(7, 29)), ("Dockside Supply", day(8, 6)),
        ("Elmwood Rentals", day(8, 19)), ("Foxglove Salon", day(9, 3)),
        ("Gable Roofing", None), ("Harbor Lights Inns", day(9, 16)),
        ("Indigo Bikes", day(9, 22)), ("Jasper Landscaping", None),
        ("Kodiak Outfitters", day(7, 24)), ("Lantern Books", None),
        ("Meadow Vets", day(8, 13)), ("Nickel Plate Diner", day(8, 27)),
        ("Oakridge Storage", None), ("Prairie Solar", day(9, 9)),
        ("Quarterhorse Tack", None), ("Riverbend Rafting", day(9, 18)),
        ("Saltbox Homes", None), ("Timberline Lodge", None),
    )
    for number, (name, left) in enumerate(resold, start=1):
        last = left - timedelta(days=9) if left else END
        bought = day((number - 1) % 12 + 1, number, 2024)
        accounts.append(
            Account(
                f"r{number:02}", name, bought, "US", "reseller",
                15 + 9 * number, 180 + 20 * number, 6,
                ("team", "business")[number % 2],
                OWNERS[number % 3], ("retail", "sports", "food")[number // 7],
                ("bronze", "silver", "gold")[number // 2 % 3],
                cancelled=left,
                contract_ends=None if left else bought.replace(year=2026),
                team=[
                    steadily(1.6, LEAD, until=last), steadily(1, until=last),
                ][: 1 + (number < 9)],
            )
        )
    return accounts


# -- Trials --------------------------------------------------------------------

STEPS = (
    ("created_project", 1),
    ("invited_user", 2),
    ("completed_task", 5),
    ("shared_report", 1),
)


def trial(
    id: str,
    name: str,
    created: date,
    employees: int,
    met: int,
    rates: tuple[float, ...],
    **more: Any,
) -> Account:
    """A trial of 30 days that meets so many of the four steps, two days apart.

    Who meets none makes a task on the first day, unless nobody ever comes.

    rates: days a week that each user comes.
    """
    number = int(id[1:])
    ends = more.pop("trial_ends", created + timedelta(days=30))
    last = more.pop("last", min(END, ends))
    every = more.pop("every", 2)
    kind = {**TRY, **({"completed_task": 3} if met > 2 else {})}
    account = Account(
        id, name, created, more.pop("region", ("US", "EU", "UK")[number % 3]),
        more.pop("channel", ("inbound", "direct", "reseller")[number % 3]),
        employees, csm=more.pop("csm", SELLERS[number % 2]), trial_ends=ends,
        team=[
            steadily(rate, kind, created + timedelta(days=n), last)
            for n, rate in enumerate(rates)
        ],
        steps=[
            (created + timedelta(days=every * place), 0, event, count)
            for place, (event, count) in enumerate(STEPS[:met])
        ],
        **more,
    )
    if not met and any(rates):
        account.steps = [(created, 0, "created_task", 1)]
    if converted := account.converted:
        # What they go on to do as customers.
        account.team = [
            [
                *phases[:-1], (*phases[-1][:1], converted, *phases[-1][2:]),
                (converted + timedelta(days=1), END, rate * 0.7, LEAD),
            ]
            for phases, rate in zip(account.team, rates, strict=True)
        ]
        account.contract_ends = converted.replace(year=2026)
    return account


def ended_trials() -> list[Account]:
    accounts = []
    # (name, month, day, employees, steps met, rates, mails, bought it for)
    for number, (
        name, month, first, employees, met, rates, mails, mrr,
    ) in enumerate(
        (
            ("Acorn Nurseries", 2, 10, 25, 4, (4, 3), "oioii", 180),
            ("Bluebell Care", 2, 24, 45, 4, (3, 2), "", 240),
            ("Copperfield Tours", 3, 10, 30, 2, (1, 1), "oioi", 160),
            ("Driftwood Design", 3, 31, 60, 4, (4, 3, 2), "oiio", 420),
            ("Eastgate Motors", 4, 14, 140, 3, (3, 2), "oio", 560),
            ("Fernhill Dairy", 5, 5, 40, 4, (4, 2), "", 210),
            ("Granite Peak Gear", 6, 2, 20, 4, (4, 3), "oioii", 150),
            ("Heron Marine", 6, 23, 520, 2, (2, 2), "oioii", 1900),
            ("Inkwell Press", 7, 14, 35, 4, (3, 3), "", 230),
            ("Jubilee Catering", 2, 17, 15, 0, (0.6,), "", None),
            ("Kingfisher Spas", 3, 17, 28, 1, (0.5,), "oi", None),
            ("Lakeview Realty", 4, 7, 65, 0, (0.4,), "", None),
            ("Magpie Antiques", 5, 12, 12, 4, (0.5,), "", None),
            ("Nettle & Thyme", 6, 9, 18, 0, (0.7,), "oioi", None),
            ("Orchard Dental", 7, 7, 33, 1, (1,), "", None),
            ("Paragon Gyms", 4, 28, 90, 2, (2, 1), "oio", None),
            ("Quillfeather", 7, 28, 22, 0, (0.8,), "ioi", None),
        ),
        start=41,
    ):
        created = day(month, first)
        accounts.append(
            trial(
                f"a{number}", name, created, employees, met, rates,
                deal_size=12 * (mrr or 4 * employees),
                fit="good" if number % 3 else "poor",
                talks=talk(created + timedelta(days=4), mails, "positive"),
                mrr=mrr, seats=10 if mrr else None,
                tier="bronze" if mrr else None,
                industry=("retail", "health", "services")[number % 3],
                converted=created + timedelta(days=26) if mrr else None,
                # The last two gave up before their trial was over.
                cancelled=(
                    created + timedelta(days=17) if number > 55 else None
                ),
            )
        )
        if number > 55:
            for phases in accounts[-1].team:
                phases[0] = (
                    phases[0][0], created + timedelta(days=14), *phases[0][2:],
                )
    return accounts


def open_trials() -> list[Account]:
    return [
        # Golden lead: all steps, busy, and we talk.
        trial(
            "a61", "Marlow Bakery Group", day(9, 5), 48, 4, (5, 4, 4),
            deal_size=9600, fit="good", industry="food",
            talks=talk(day(9, 10), "oiiioi", "positive"),
        ),
        # Silent success: as busy, and not a word.
        trial(
            "a62", "Nightjar Audio", day(9, 8), 42, 4, (5, 4), deal_size=7200,
            fit="good", industry="media",
        ),
        # Contrary converter: halfway, and complains.
        trial(
            "a63", "Ostrich & Sons", day(9, 9), 38, 2, (2.5, 1.5),
            deal_size=6000, fit="good", industry="retail",
            talks=talk(day(9, 13), "oiioi", "negative"),
        ),
        # Positive procrastinator: likes us, has not begun.
        trial(
            "a64", "Plumtree Homes", day(9, 11), 30, 0, (0.8,), deal_size=4800,
            fit="good", industry="construction",
            talks=talk(day(9, 15), "oiioi", "positive"),
        ),
        # Fizzler: did it all in a week, then stopped coming.
        trial(
            "a65", "Quince Labs", day(9, 1), 44, 4, (0.9,), deal_size=5400,
            fit="good", industry="science", every=1,
        ),
        # Incompatible: talks a lot, and is not who we build for.
        trial(
            "a66", "Rusty Anchor Pubs", day(9, 10), 18, 0, (0.5,),
            deal_size=3600, fit="poor", industry="food",
            talks=talk(day(9, 14), "oiioi", "neutral"),
        ),
        # Heartbreaker: signed up, and that was it.
        trial(
            "a67", "Silverbirch Travel", day(9, 12), 26, 0, (0,),
            deal_size=4200, fit="good", industry="travel",
        ),
        # Procrastinator or incompatible: nobody knows how well they fit.
        trial(
            "a68", "Thistle Yoga", day(9, 15), 9, 0, (0.3,), deal_size=2400,
            industry="sports", talks=talk(day(9, 19), "oiio", "negative"),
        ),
        # Unclassified: all steps, and neither busy nor idle.
        trial(
            "a69", "Upland Wool", day(9, 6), 47, 4, (2, 1), deal_size=5000,
            fit="good", industry="retail",
        ),
        # Overdue: mid-size, all steps for weeks, and nobody called.
        trial(
            "a70", "Vesper Hotels", day(8, 26), 260, 4, (4, 3, 3),
            deal_size=26000, fit="good", industry="travel",
            trial_ends=day(10, 10),
        ),
        # A nudge: small, three steps of four.
        trial(
            "a71", "Wagtail Toys", day(9, 13), 24, 3, (3, 3), deal_size=4000,
            fit="good", industry="retail",
        ),
        # A large one, for which one step of four is enough.
        trial(
            "a72", "Xanthos Energy", day(9, 16), 3400, 1, (4, 3, 3, 2),
            deal_size=60000, fit="good", industry="energy", is_logo=True,
            trial_ends=day(11, 14), talks=talk(day(9, 20), "oi", "neutral"),
        ),
        # A deal whose size nobody wrote down, with nobody to call.
        trial(
            "a73", "Yellowhammer Farms", day(9, 20), 55, 2, (3, 2), csm=None,
            industry="farming",
        ),
        # Began this week.
        trial(
            "a74", "Zinnia Flowers", day(9, 27), 14, 1, (3,), deal_size=2000,
            fit="good", industry="retail", trial_ends=day(11, 1),
        ),
    ]
