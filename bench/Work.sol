// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

// The work of `Work.ccl` that loops alone do not show, as an author would write it for the Ethereum virtual machine.
contract Work {
    event Transfer(address indexed from, address indexed to, uint256 amount);
    error NoFunds();

    mapping(address => uint256) balances;
    mapping(address => bool) votes;
    address[] members;
    uint256 a;
    uint256 b;

    function move(address from, address to, uint256 amount) internal {
        if (balances[from] < amount) revert NoFunds();
        balances[from] -= amount;
        balances[to] += amount;
        emit Transfer(from, to, amount);
    }

    function transfers(address to, uint256 n) external returns (uint256) {
        balances[msg.sender] = 1_000_000_000;
        for (uint256 i = 0; i < n; i++) move(msg.sender, to, 1);
        return balances[to];
    }

    function storageLoop(uint256 n) external returns (uint256) {
        for (uint256 i = 0; i < n; i++) {
            a = a + i;
            b = b + 1;
        }
        return a + b;
    }

    function add(uint256 x) external pure returns (uint256) {
        return x + 1;
    }

    // A contract may call itself from outside, which costs what a call to another one does.
    function calls(uint256 n) external view returns (uint256 x) {
        for (uint256 i = 0; i < n; i++) x = this.add(x);
    }

    function tally(uint256 n) external returns (uint256 yes) {
        for (uint256 i = 0; i < n; i++) {
            address member = address(uint160(i + 1));
            members.push(member);
            votes[member] = i % 3 == 0;
        }
        return count();
    }

    function count() internal view returns (uint256 yes) {
        uint256 n = members.length;
        for (uint256 i = 0; i < n; i++) if (votes[members[i]]) yes++;
    }
}
