"""Classes as programs use them: inheritance, `super`, properties, class attributes, operators."""


class Account:
    fee = 1

    def __init__(self, owner, balance):
        self.owner = owner
        self._balance = balance
        self.history = []

    @property
    def balance(self):
        return self._balance

    def move(self, amount):
        self._balance += amount - self.fee
        self.history.append(amount)

    @classmethod
    def empty(cls, owner):
        return cls(owner, 0)

    @staticmethod
    def rounded(amount):
        return amount // 10 * 10


class Savings(Account):
    fee = 0

    def __init__(self, owner, balance):
        super().__init__(owner, balance)
        self.interest = 0

    def move(self, amount):
        super().move(self.rounded(amount))
        self.interest += self.balance // 100


class Money:
    def __init__(self, amount):
        self.amount = amount

    def __add__(self, other):
        return Money(self.amount + other.amount)

    def __eq__(self, other):
        return self.amount == other.amount

    def __lt__(self, other):
        return self.amount < other.amount


def run(n):
    accounts = [Account("a", 100), Savings("b", 100), Account.empty("c"), Savings.empty("d")]
    largest = Money(0)
    for i in range(n):
        account = accounts[i % 4]
        account.move(i % 37 - 10)
        amount = Money(account.balance) + Money(i % 5)
        if largest < amount:
            largest = amount
        elif largest == amount:
            largest = largest + Money(1)
    total = largest.amount
    for account in accounts:
        total = total * 3 + account.balance + sum(account.history)
        if isinstance(account, Savings):
            total += account.interest
    return total


SIZE = 25000
EXPECTED = 14234318

if __name__ == "__main__":
    from measuring import main

    main("classes", run, SIZE, EXPECTED)
