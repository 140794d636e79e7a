"""Numbers that belong together, because of what they share."""

from __future__ import annotations


class Groups:
    """0 to `count` - 1, each alone at first (union-find). A group is named by its smallest number."""

    def __init__(self, count: int) -> None:
        self._parent = list(range(count))

    def first(self, number: int) -> int:
        """The smallest number of its group."""
        root = number
        while self._parent[root] != root:
            root = self._parent[root]
        while self._parent[number] != root:
            self._parent[number], number = root, self._parent[number]
        return root

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self.first(one), self.first(other)))
        self._parent[high] = low
