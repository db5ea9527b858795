"""A method that is called in a loop, inlined."""


class Account:
    def __init__(self):
        self.balance = 0

    def deposit(self, amount):
        self.balance += amount


def run(account, n):
    i = 0
    while i < n:
        account.deposit(3)
        i += 1
    return account.balance


assert run(Account(), 1000) == 3000
