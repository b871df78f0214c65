from typing import AnyStr, List, NewType, TypeVar, Union

UserId = NewType("UserId", int)
Admin = NewType("Admin", UserId)
T = TypeVar("T")
N = TypeVar("N", int, float)
B = TypeVar("B", bound=str)
Ids = List[UserId]


def newtypes(user: UserId, admin: Admin = 0, free: T = "x", number: N = 1, bound: B = "b", ids: Ids = [], text: AnyStr = "t", both: Union[UserId, B] = 1):
    return user
