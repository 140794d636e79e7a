"""Words that tell what a question is about, in English, German and Chinese. Rows, read top down by `understand.py`.

They are matched against a question that was folded (lower case, no accents) and whose German and Chinese plant words
were replaced by English ones.
"""

from __future__ import annotations

import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


HELP = _any(
    r"^(hi|hello|hey|help|thanks|thank you|hallo|hilfe|danke|guten (tag|morgen|abend))\b[\s!.?]*$",
    r"what can (you|i) (do|ask)", r"who are you", r"what are you", r"how can you help", r"was kannst du",
    r"wer bist du", r"你好", r"你能做什么", r"^帮助",
)  # fmt: skip

TIME = _any(
    r"what time is it", r"what('s| is) the (current |local )?(date|time)\b(?! of| between| since)", r"what day is it",
    r"which date", r"wie spat", r"uhrzeit", r"welches datum", r"welcher tag", r"几点", r"现在.*时间", r"今天.*(日期|几号)",
)  # fmt: skip

FUTURE = _any(
    r"\btomorrow", r"\bnext (week|shift|month|year|hour|day|monday|time)\b", r"\bforecast", r"\bpredict",
    r"\bwill\b.*\b(be|produce|make|fail|break|stop|run out|finish|reach|happen|need|last|start)\b",
    r"\bwhen will\b", r"going to (be|fail|break|stop|happen|produce)", r"\bmorgen\b(?! fruh$)",
    r"nachste[nrs]? (woche|schicht|stunde|monat)", r"vorhersag", r"prognose", r"\bwird\b.*\b(sein|ausfallen|produzieren)",
    r"明天", r"下周", r"下个月", r"下一班", r"预测", r"将会",
)  # fmt: skip

ORDER = _any(
    r"^(?:please |can you |could you |would you |bitte |请)?(?:now )?"
    r"(acknowledge|ack|shelve|unshelve|restart|reset|stop|start|shut|switch|turn (?:on|off)|send|delete|approve|clear the alarm"
    r"|quittier|starte|stoppe|schalte|sende|losche|genehmig|确认报警|重启|启动|停止|发送|批准)",
)  # fmt: skip

CHANGE = _any(
    r"\b(set|change|raise|lower|increase|decrease|reduce|adjust|put|bring|turn (?:up|down)|propose|suggest)\b",
    r"\b(stell|stelle|setz|setze|erhoh\w*|senk\w*|ander\w*|reduzier\w*|verringer\w*|regle|schlag\w* .* vor)\b",
    r"(设为|设置|调到|调至|提高到|降低到|改为|建议把)",
)  # fmt: skip
CHANGE_TO = re.compile(r"(?:\b(?:to|at|auf|=)\s*|(?:到|至|为)\s*)([-−+]?\d+(?:[.,]\d+)?)")
CHANGE_FIRST = re.compile(
    r"^(?:please |can you |could you |bitte |kannst du |请)?(?:set|change|raise|lower|increase|decrease|reduce|adjust|propose"
    r"|stell|setz|erhoh|senk|ander|reduzier|verringer|把|将|设)"
)

ACKNOWLEDGED = _any(
    r"acknowledg", r"\backed\b", r"\bshelv", r"out of service", r"\bcomment", r"quittier", r"kommentar", r"pausiert",
    r"(has|is|did) (anyone|anybody|someone|somebody)", r"who (is|was) (there|working|handling|looking)",
    r"kummert sich", r"确认", r"搁置", r"有人处理",
)  # fmt: skip

LOST = _any(
    r"\b(lost|lose|losing|cost|costs|costing|wasted|downtime)\b", r"verlor", r"verlust", r"ausfallzeit", r"stillstandszeit",
    r"gekostet", r"kostet", r"损失", r"耽误了?多", r"停机时间",
)  # fmt: skip

VICTIMS = _any(
    r"held up", r"affected", r"\bvictim", r"who else", r"what else (is|was|stopped|stands)", r"impact", r"consequence",
    r"which (other )?machines? .*(wait|block|starv|stand|suffer|stuck)", r"machines? (are |were )?(waiting|blocked|starved)",
    r"who (is|was|are) (waiting|blocked|starved)", r"aufgehalten", r"betroffen", r"wer wartet", r"welche (anderen )?maschinen .*(warten|steh|blockier)",
    r"folge", r"受影响", r"影响了", r"被耽误",
)  # fmt: skip

CAUSE = _any(
    r"\bwhy\b", r"\bcause", r"\breason\b", r"what('s| is| was| went) (the )?(wrong|matter|problem|issue|trouble|up)\b", r"what happened",
    r"what('s| is) (happening|going on)", r"root", r"\bblame", r"responsible", r"at fault", r"what stopped", r"who stopped", r"what broke",
    r"which machine (has |have |is |was )?(stopp|caus|broke|at fault|fail|the cause|to blame|responsible|holds? up|block|the problem|the culprit|down)",
    r"culprit", r"bottleneck", r"holding (up|us)", r"what (is|was) holding", r"warum", r"wieso", r"weshalb", r"ursache", r"\bgrund\b",
    r"\bschuld", r"was ist (los|passiert)", r"woran liegt", r"was hat .*(gestoppt|angehalten)", r"welche machine (hat|ist schuld|steht)",
    r"为什么", r"为何", r"原因", r"怎么回事", r"出了什么", r"哪台.*(停|故障|造成|导致|引起)",
)  # fmt: skip

SINCE = _any(
    r"since when", r"how long (has|have|is|was|were|did|ago)\b", r"for how long", r"when (did|was|has|were)\b", r"(at )?what time (did|was|has)",
    r"seit wann", r"wie lange (steht|stand|ist|schon|war|lauft|dauert der|hat)", r"wann (ist|hat|war|wurde|blieb|stand)", r"um wie viel uhr",
    r"什么时候", r"多久了", r"何时", r"停了多久", r"多长时间了", r"从几点",
)  # fmt: skip

NEXT = _any(
    r"what (should|do|can|must|shall|would|could) (i|we|one|you|the operator|an operator|somebody)\b.*\b(do|check|try|start|look)",
    r"what (do|should) (i|we) do", r"what (is|are) (the )?next", r"what next", r"next step", r"what now", r"what to do", r"what needs to be done",
    r"what .* check first", r"how (do|can|should|to) (i|we|you)? ?(get|bring|fix|solve|repair|resolve|handle|deal)", r"first thing to",
    r"was (soll|muss|kann|mache|tue|tun|ist zu tun)", r"was jetzt", r"was nun", r"nachste[nrs]? schritt", r"wie bringe ich", r"zuerst prufen",
    r"怎么办", r"怎么处理", r"下一步", r"该做什么", r"应该.*做", r"如何处理", r"先检查",
)  # fmt: skip

HOW_TO = _any(
    r"\bhow (do|does|can|could|should|must|would|to|is|are|often|long (does|do|can|may|should|must|is a)|much|many|far|thick|tight)\b",
    r"\bwhat (does|is the meaning|tool|key|size|grease|part)\b", r"\bwhen (should|must|do|can|may)\b", r"\bmay (i|we|you|one)\b",
    r"\bam i allowed", r"\bis it (allowed|safe|ok|permitted)", r"\bcan (i|we|you|one)\b", r"\bmust (i|we|you|one)\b", r"\bshould (i|we|you|one)\b",
    r"\bwie (kann|muss|soll|oft|lange dauert|viel|geht|wird|werden|macht|funktioniert|reinige|wechsle|schmiere)\b", r"\bwie .*\b(ich|man)\b",
    r"darf (ich|man)", r"(怎么|如何|怎样)", r"多久一次", r"可以.*吗",
)  # fmt: skip

DOCUMENT = _any(
    r"\bmanuals?\b", r"handbook", r"\bsops?\b", r"procedure", r"document", r"instruction", r"according to", r"work order template",
    r"规程", r"手册", r"说明书",
)  # fmt: skip

LIMITS = _any(
    r"\blimits?\b", r"\ballowed\b", r"\bpermitted\b", r"\bthreshold", r"\btolerance", r"\bset ?point", r"too (hot|cold|warm|high|low|fast|slow|wet|dry)",
    r"\b(in|within|inside|outside|out of) (its |the )?(range|limit|spec|band)", r"\bnormal (range|value)", r"\bok(ay)?\b", r"zulassig", r"erlaubt",
    r"im rahmen", r"sollwert", r"zu (warm|kalt|hot|cold|hoch|niedrig|schnell|langsam)", r"限值", r"范围", r"正常吗", r"太(高|低|热|冷)",
)  # fmt: skip
LOWEST = _any(
    r"\blowest\b",
    r"\bmin(imum|imal)?\b(?! ago)(?!utes)",
    r"\bcoldest\b",
    r"\bslowest\b",
    r"smallest",
    r"最低",
    r"最小",
    r"\bkalteste",
)
HIGHEST = _any(
    r"\bhighest\b",
    r"\bmax(imum|imal)?\b",
    r"\bpeak",
    r"\bhottest\b",
    r"\bwarmest\b",
    r"\bfastest\b",
    r"largest",
    r"最高",
    r"最大",
)
MEAN = _any(r"\bmean\b(?! by)", r"\baverage", r"\bavg\b", r"平均")
TREND = _any(
    r"\btrend", r"\brising\b", r"\brises?\b", r"\bfalling\b", r"\bfalls?\b", r"\bdrifting", r"\bdropp(ed|ing)", r"\bgo(ing|ne)? (up|down)", r"increasing",
    r"decreasing", r"getting (warmer|colder|hotter|slower|faster|wetter|drier|worse|better)", r"changed", r"developed", r"\bsteig", r"\bsinkt", r"gestiegen", r"gesunken",
    r"entwickelt", r"verlauf", r"趋势", r"上升", r"下降", r"变化",
)  # fmt: skip
AGE = _any(
    r"how old", r"how fresh", r"how recent", r"last (heard|reading|value|message|seen|reported)", r"when .*last (report|speak|hear|sen[dt]|talk)",
    r"wie alt", r"zuletzt", r"letzte[nrs]? (messwert|meldung|wert)", r"多旧", r"最后一次", r"最近一次读数",
)  # fmt: skip
HOW_MANY = _any(r"how many\b", r"number of", r"wie viele", r"多少(个|块|箱|片)")

STATE = _any(
    r"\brunn?(ing|s)?\b", r"\bstopp?(ed|s|ing)?\b", r"\bstand(s|ing)?( still)?\b", r"\bblocked\b", r"\bstarved\b", r"\bdown\b", r"\bstate\b", r"\bstatus\b",
    r"\bidle\b", r"\bworking\b", r"\boperating\b", r"\bdoing\b", r"\bonline\b", r"\boffline\b", r"\balive\b", r"\bok\b", r"\blauft\b", r"\blaufen\b",
    r"\bsteht\b", r"\bstehen\b", r"\bstand\b", r"zustand", r"blockiert", r"in betrieb", r"gestort", r"\bwaiting\b", r"wartet",
    r"运行", r"状态", r"停", r"堵料", r"缺料", r"正常",
)  # fmt: skip

MACHINES = _any(
    r"(which|what|how many|list|all|name)( of)?( the| all| your)* (machines|devices|stations|equipment)\b(?!.*(stopp|wait|block|starv|down|runn|affected|alarm|stand))",
    r"machines? (are|do) (there|you know|we have|on)", r"welche maschinen (gibt|hat|sind auf|gehoren)", r"wie viele maschinen (gibt|hat)",
    r"(有哪些|多少台)机器", r"哪些机器",
)  # fmt: skip

FLOW = _any(
    r"\bfeeds?\b", r"\bfed\b", r"\bfeeding\b", r"upstream", r"downstream", r"(comes?|goes|stands|is|are|what|which .*) (right )?(before|after|behind)\b",
    r"(before|after) the\b.*\?$", r"belieferte?", r"kommt (nach|vor)", r"\b(nach|vor) (dem|der)\b", r"上游", r"下游", r"供料", r"(之前|之后)是",
)  # fmt: skip
UPSTREAM = _any(
    r"upstream",
    r"\bbefore\b",
    r"\bfed by\b",
    r"\bfeeds (the|this)\b",
    r"what feeds",
    r"which .*feeds? the",
    r"\bvor (dem|der)",
    r"kommt vor",
    r"上游",
    r"之前",
)

ALARMS = _any(
    r"\balarms?\b", r"\bwarnings?\b", r"\balerts?\b", r"\btroubles?\b", r"any (problem|issue)", r"\bopen (problems|issues)", r"\bstorung", r"\bmeldungen\b",
    r"\bfaults?\b.*(today|shift|hour|open|recent)", r"报警", r"警报",
)  # fmt: skip

ADVISORY = _any(
    r"advisor",
    r"\badvice",
    r"recommend",
    r"notification",
    r"\bnotified\b",
    r"last message",
    r"\bhinweis",
    r"empfehl",
    r"benachrichtig",
    r"建议",
    r"通知",
)

HYPOTHETICAL = _any(
    r"\b(if|when|whenever|once)\b (the|a|an|it|i|we|my|there|this|that|cookies|boxes|something|someone|product)\b", r"\bwenn\b", r"\bfalls\b", r"如果", r"(时|的时候)",
)  # fmt: skip

LINE = _any(
    r"\bline\b",
    r"\bplant\b",
    r"\bproduction\b",
    r"\bfactory\b",
    r"\beverything\b",
    r"\bwe\b",
    r"\bfabrik\b",
    r"\bproduktion\b",
    r"产线",
    r"生产线",
    r"工厂",
    r"整条",
)
PRONOUN = _any(
    r"\b(it|its|that|this|he|she|him|her|they|them|one|the machine|this machine|that machine|the alarm|this alarm|the cause|there)\b", r"\b(sie|er|es|diese[rsnm]?|die maschine|der alarm|daran|dort|ihn)\b",
    r"(它|这个|那个|这台|该)",
)  # fmt: skip
ELLIPSIS = _any(r"^(and|und|what about|how about|was ist mit|wie ist es mit|那|那么|还有)\b", r"^(那|那么|还有)")

UNKNOWN_MACHINES = frozenset(
    ["oven", "mixer", "pump", "palletizer", "palletiser", "depalletizer", "robot", "wrapper", "mill", "press", "extruder", "filler", "capper", "boiler", "compressor", "dryer", "kiln", "lathe", "cutter", "slicer", "depositor", "fryer", "chiller", "proofer", "sheeter", "enrober", "icer", "decorator", "stacker", "blender", "grinder", "furnace", "autoclave", "centrifuge", "bottler", "washer", "painter", "welder", "crane", "forklift", "agv", "elevator", "checkweigher", "weigher", "detector", "packer", "shrinker", "polisher", "laminator", "crusher", "shredder", "separator", "pasteurizer", "homogenizer", "turbine", "generator", "divider", "moulder", "molder", "rounder", "baler", "dispenser", "sorter", "singulator", "granulator", "calender", "winder", "unwinder", "spooler", "tumbler", "roaster", "peeler"]
)
"""What machines are often called. A question about one that the plant does not have is answered with the names it has."""
