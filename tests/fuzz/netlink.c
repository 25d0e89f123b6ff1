/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What comes on netlink sockets, as every reader of it takes it: rtnetlink's links, rules,
 * addresses and routes, WireGuard's generic netlink, nf_tables. Nothing is sent; an input is
 *
 *   the number of a reader, then datagrams: HOW, two bytes of length, and so many bytes.
 *
 * HOW says who sent it, and whether it is as it is or an answer: then its messages get the number
 * of the last request, plus their own, and those without a port the socket's.
 */
#include <dlfcn.h>
#include <errno.h>
#include <sanitizer/asan_interface.h>
#include <sanitizer/lsan_interface.h>
#include <setjmp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <libnftnl/rule.h>

#include "alias.h"
#include "device.h"
#include "fuzz.h"
#include "guard.h"
#include "guard_compare.h"
#include "guard_held.h"
#include "guard_object.h"
#include "made.h"
#include "peers.h"
#include "plan.h"
#include "rtnl.h"
#include "rtnl_list.h"
#include "ruleset.h"
#include "request.h"
#include "wireguard.h"

/* Behind netinet/in.h, whose names they have too. */
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

enum how {
	HOW_SENDER = 3, /* 3: a process */
	HOW_RAW = 4,
	HOW_CUT = 8, /* it was longer */
};

static struct bytes input;
static bool reads_tables; /* nf_tables' */
static uint32_t sequence; /* of the last message that was sent */

const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "detect_stack_use_after_return=1"; /* what is poisoned below is clean when reused */
}

/* The seam: what netlink.c sends by and hears from. */

ssize_t __wrap_mnl_socket_sendto(const struct mnl_socket *socket, const void *data, size_t size);
ssize_t __wrap_recvmsg(int fd, struct msghdr *message, int flags);

ssize_t __wrap_mnl_socket_sendto(const struct mnl_socket *socket, const void *data, size_t size)
{
	const struct nlmsghdr *header = data;
	int left = (int)size;

	(void)socket;
	must(mnl_nlmsg_ok(header, left), "a message that is sent");
	for (; mnl_nlmsg_ok(header, left); header = mnl_nlmsg_next(header, &left))
		sequence = header->nlmsg_seq;
	must(left <= 0, "whole messages"); /* less: the last one's end is not aligned */
	return (ssize_t)size;
}

static void address_messages(void *buffer, size_t size, uint32_t port)
{
	struct nlmsghdr *header = buffer;
	int left = (int)size;

	while (mnl_nlmsg_ok(header, left) && header->nlmsg_len <= size) {
		header->nlmsg_seq += sequence;
		header->nlmsg_pid = header->nlmsg_pid ? header->nlmsg_pid : port;
		header = mnl_nlmsg_next(header, &left);
	}
}

static uint32_t port_of(int fd)
{
	struct sockaddr_nl own;
	socklen_t size = sizeof(own);

	must(getsockname(fd, (struct sockaddr *)&own, &size) == 0, "a socket's address");
	return own.nl_pid;
}

/*
 * What no datagram has filled must not be read, but for what aligns its end (mnl_attr_for_each).
 * libnftnl (1.2.4) takes texts for ended which the kernel always ends.
 */
static void put_datagram(void *buffer, size_t room, const void *data, size_t size)
{
	size_t end = MNL_ALIGN(size) < room ? MNL_ALIGN(size) : room;

	ASAN_UNPOISON_MEMORY_REGION(buffer, room);
	memcpy(buffer, data, size);
	if (reads_tables)
		memset((char *)buffer + size, 0, room - size);
	else
		ASAN_POISON_MEMORY_REGION((char *)buffer + end, room - end);
}

ssize_t __wrap_recvmsg(int fd, struct msghdr *message, int flags)
{
	struct sockaddr_nl sender = { .nl_family = AF_NETLINK };
	const struct iovec *part = message->msg_iov;
	uint8_t how = take_byte(&input);
	size_t size = take_number(&input);

	must(message->msg_namelen == sizeof(sender) && !flags, "asks who sends it");
	if (!input.left) {
		errno = EAGAIN;
		return -1;
	}
	size = size < input.left ? size : input.left;
	message->msg_flags = 0;
	if (how & HOW_CUT || size > part->iov_len)
		message->msg_flags = MSG_TRUNC;
	size = size < part->iov_len ? size : part->iov_len;
	sender.nl_pid = (how & HOW_SENDER) == HOW_SENDER ? 4711 : 0;
	memcpy(message->msg_name, &sender, sizeof(sender));
	put_datagram(part->iov_base, part->iov_len, input.next, size);
	if (!(how & HOW_RAW))
		address_messages(part->iov_base, size, port_of(fd));
	input.next += size;
	input.left -= size;
	return (ssize_t)size;
}

/* libnftnl ends the process where an attribute is not as long as the kernel makes it (1.2.4). */

static jmp_buf given_up;

void __attribute__((noreturn)) exit(int status)
{
	void (*library_exit)(int) = (void (*)(int))(uintptr_t)dlsym(RTLD_NEXT, "exit");

	if (reads_tables)
		longjmp(given_up, 1);
	library_exit(status);
	abort();
}

/* What is read for */

static const char file[] = "[Interface]\nAddress = 10.0.0.2/24, fd00::2/64\nDNS = 10.0.0.1\n"
			   "PrivateKey = \1\nListenPort = 51820\n"
			   "[Peer]\nPublicKey = \2\nPresharedKey = \3\nEndpoint = 192.0.2.1:1\n"
			   "AllowedIPs = 0.0.0.0/0, ::/0\nPersistentKeepalive = 25\n"
			   "[Peer]\nPublicKey = \4\nAllowedIPs = 10.8.0.0/16\n";

static struct request request;
static struct ruleset ruleset;

static void make_request(void)
{
	struct options options = { .setting = { [SETTING_CONF] = TUNNEL_PATH },
				   .any_file = true,
				   .userspace = "none" };
	struct warnings warnings = { 0 };
	size_t length;
	char *text = with_secrets((const uint8_t *)file, strlen(file), &length);
	struct err err;
	bool wanted;

	put_tunnel(text, length);
	must(request_parse(&options, NULL, &request, &wanted, &warnings, &err) == 0 && wanted,
	     "a request");
	warnings_free(&warnings);
	request.mtu = 1420;
	must(ruleset_build(&request, &ruleset, &err) == 0, "a ruleset");
}

/*
 * libnftnl (1.2.4) reads from nowhere where the kernel leaves out an attribute of an expression, as
 * it never does. So rules are ours, whole; which, and of which table and chain, the input says. And
 * sets and elements have none.
 */

int __real_nftnl_rule_nlmsg_parse(const struct nlmsghdr *answer, struct nftnl_rule *rule);
int __wrap_nftnl_rule_nlmsg_parse(const struct nlmsghdr *answer, struct nftnl_rule *rule);

static void parse_ours(const struct row *row, struct nftnl_rule *rule)
{
	static char buffer[8192] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *message =
		nftnl_nlmsg_build_hdr(buffer, NFT_MSG_NEWRULE, NFPROTO_INET, 0, 0);
	struct nftnl_rule *made = guard_rule(&ruleset, row);

	must(made, "memory");
	nftnl_rule_nlmsg_build_payload(message, made);
	nftnl_rule_free(made);
	must(__real_nftnl_rule_nlmsg_parse(message, rule) == 0, "a rule");
}

int __wrap_nftnl_rule_nlmsg_parse(const struct nlmsghdr *answer, struct nftnl_rule *rule)
{
	const uint8_t *choice = mnl_nlmsg_get_payload(answer);

	if (mnl_nlmsg_get_payload_len(answer) < sizeof(struct nfgenmsg) || choice[1] & 1)
		return -1;
	parse_ours(&ruleset.rows[choice[2] % ruleset.rows_count], rule);
	nftnl_rule_set_u64(rule, NFTNL_RULE_HANDLE, choice[3]);
	if (choice[1] & 2)
		nftnl_rule_unset(rule, NFTNL_RULE_CHAIN);
	if (choice[1] & 4)
		nftnl_rule_unset(rule, NFTNL_RULE_TABLE);
	if (choice[1] & 8)
		nftnl_rule_set_str(rule, NFTNL_RULE_CHAIN, "another");
	if (choice[1] & 16)
		nftnl_rule_set_str(rule, NFTNL_RULE_TABLE, "another");
	return 0;
}

int __real_nftnl_set_nlmsg_parse(const struct nlmsghdr *answer, struct nftnl_set *set);
int __wrap_nftnl_set_nlmsg_parse(const struct nlmsghdr *answer, struct nftnl_set *set);
int __real_nftnl_set_elems_nlmsg_parse(const struct nlmsghdr *answer, struct nftnl_set *set);
int __wrap_nftnl_set_elems_nlmsg_parse(const struct nlmsghdr *answer, struct nftnl_set *set);

int __wrap_nftnl_set_nlmsg_parse(const struct nlmsghdr *answer, struct nftnl_set *set)
{
	const struct nlattr *attr;

	mnl_attr_for_each (attr, answer, sizeof(struct nfgenmsg)) {
		if (mnl_attr_get_type(attr) == NFTA_SET_EXPR ||
		    mnl_attr_get_type(attr) == NFTA_SET_EXPRESSIONS)
			return -1;
	}
	return __real_nftnl_set_nlmsg_parse(answer, set);
}

static bool has_expression(const struct nlattr *elements)
{
	struct attributes list = { mnl_attr_get_payload(elements),
				   mnl_attr_get_payload_len(elements) };
	struct attribute element, attribute;

	while (attribute_next(&list, &element)) {
		struct attributes inner = attribute_nest(&element);

		while (attribute_next(&inner, &attribute))
			if (attribute.type == NFTA_SET_ELEM_EXPR ||
			    attribute.type == NFTA_SET_ELEM_EXPRESSIONS)
				return true;
	}
	return false;
}

int __wrap_nftnl_set_elems_nlmsg_parse(const struct nlmsghdr *answer, struct nftnl_set *set)
{
	const struct nlattr *attr;

	mnl_attr_for_each (attr, answer, sizeof(struct nfgenmsg)) {
		if (mnl_attr_get_type(attr) == NFTA_SET_ELEM_LIST_ELEMENTS && has_expression(attr))
			return -1;
	}
	return __real_nftnl_set_elems_nlmsg_parse(answer, set);
}

/* Readers: each has an open socket, and returns as what it calls does. */

struct reading {
	struct netlink netlink;
	struct warnings wrong;
	struct err err;
};

#define LINK 7 /* the number of ours */

static int read_link(struct reading *reading)
{
	struct link link;
	bool found;
	int result;

	fill(&link, sizeof(link));
	fill(&found, sizeof(found));
	result = link_get(&reading->netlink, "wg0", &link, &found, &reading->err);
	if (result < 0)
		must_be_filled(&found, sizeof(found));
	if (result < 0 || !found)
		must_be_filled(&link, sizeof(link));
	else
		must(link.index && strlen(link.name) < IFNAMSIZ, "a link");
	return result;
}

static int find_link(struct reading *reading)
{
	struct alias alias;
	struct link link;
	bool found;
	int result;

	fill(&link, sizeof(link));
	fill(&found, sizeof(found));
	result = link_find_ours(&reading->netlink, &link, &found, &reading->err);
	if (result < 0)
		must_be_filled(&found, sizeof(found));
	if (result < 0 || !found)
		must_be_filled(&link, sizeof(link));
	else
		must(link.ours && strlen(link.name) < IFNAMSIZ &&
			     strlen(link.alias) < RTNL_ALIAS_ROOM,
		     "a link of ours");
	if (result == 0 && found && alias_parse(link.alias, &alias))
		must(strlen(alias.tunnel) < sizeof(alias.tunnel), "an alias of ours");
	return result;
}

static int delete_links(struct reading *reading)
{
	char alias[RTNL_ALIAS_ROOM] = "";
	size_t deleted = 0;

	return links_delete_ours(&reading->netlink, alias, &deleted, &reading->err);
}

static int delete_rules(struct reading *reading)
{
	size_t deleted = 0;

	return rules_delete_ours(&reading->netlink, AF_INET, 90, &deleted, &reading->err);
}

static void must_be_prefix(const struct prefix *prefix)
{
	char text[PREFIX_TEXT];

	must(prefix->family == AF_INET || prefix->family == AF_INET6, "a family");
	must(prefix->length <= family_bits(prefix->family), "a length of its family");
	must_be_line(prefix_format(prefix, false, text));
}

static int list_rules(struct reading *reading)
{
	struct rule *rules;
	size_t count;
	char words[256];
	int result;

	fill(&rules, sizeof(rules));
	result = rules_list(&reading->netlink, AF_INET, &rules, &count, &reading->err);
	if (result < 0) {
		must_be_filled(&rules, sizeof(rules));
		return result;
	}
	for (size_t i = 0; i < count; i++) {
		rule_describe(&rules[i], words, sizeof(words));
		must_be_line(words);
		if (rules[i].to.family)
			must_be_prefix(&rules[i].to);
	}
	free(rules);
	return result;
}

static int list_addresses(struct reading *reading)
{
	struct prefix *prefixes;
	size_t count;
	int result;

	fill(&prefixes, sizeof(prefixes));
	result = addresses_list(&reading->netlink, LINK, &prefixes, &count, &reading->err);
	if (result < 0) {
		must_be_filled(&prefixes, sizeof(prefixes));
		return result;
	}
	for (size_t i = 0; i < count; i++)
		must_be_prefix(&prefixes[i]);
	free(prefixes);
	return result;
}

static int list_routes(struct reading *reading)
{
	struct prefix *prefixes;
	size_t count, others;
	int result;

	fill(&prefixes, sizeof(prefixes));
	result = routes_list(&reading->netlink, AF_INET6, LINK, 51820, &prefixes, &count, &others,
			     &reading->err);
	if (result < 0) {
		must_be_filled(&prefixes, sizeof(prefixes));
		return result;
	}
	for (size_t i = 0; i < count; i++)
		must_be_prefix(&prefixes[i]);
	free(prefixes);
	return result;
}

static int add_routes(struct reading *reading)
{
	static const struct prefix routes[] = { { AF_INET, 0, { 0 } }, { AF_INET6, 0, { 0 } } };

	return routes_add(&reading->netlink, LINK, 51820, routes, 2, &reading->err);
}

/* What libnftnl has allocated when it gives up is lost, and no leak of ours. */
static int read_guard(struct reading *reading)
{
	struct shape shape = { .full = true, .guard_rules = 3, .frames_rules = 1 };
	struct guard_held held = { 0 };
	int result = -1;

	__lsan_disable();
	reads_tables = true;
	if (setjmp(given_up) == 0) {
		result = guard_read(&held, &reading->err);
	} else {
		fail(&reading->err, "libnftnl: gives up");
		/* Its question's socket, opened after this one. */
		close_range((unsigned int)mnl_socket_get_fd(reading->netlink.socket) + 1, ~0U, 0);
	}
	reads_tables = false;
	__lsan_enable();
	if (result == 0) {
		guard_measure(&held, &shape, &reading->wrong);
		result = guard_compare(&held, &ruleset, true, &reading->wrong, &reading->err);
	}
	guard_forget(&held);
	return result;
}

static int add_guard(struct reading *reading)
{
	bool frames = false, perhaps = false;

	return guard_add(&ruleset, true, &frames, &perhaps, &reading->err);
}

static int compare_peers(struct reading *reading)
{
	return peers_compare(&reading->netlink, LINK, "wg0", &request.tunnel, &reading->wrong,
			     &reading->err);
}

static int look_for_key(struct reading *reading)
{
	return peers_compare(&reading->netlink, LINK, "wg0", NULL, &reading->wrong, &reading->err);
}

static int read_socket(struct reading *reading)
{
	uint32_t mark;
	uint16_t port;
	int result;

	fill(&port, sizeof(port));
	fill(&mark, sizeof(mark));
	result = wireguard_socket(&reading->netlink, LINK, &port, &mark, &reading->err);
	if (result < 0) {
		must_be_filled(&port, sizeof(port));
		must_be_filled(&mark, sizeof(mark));
	}
	return result;
}

static int read_handshakes(struct reading *reading)
{
	bool answered[2] = { false };

	return wireguard_handshakes(&reading->netlink, LINK, &request.tunnel, answered,
				    &reading->err);
}

static int configure(struct reading *reading)
{
	if (wireguard_configure(&reading->netlink, LINK, &request.tunnel, 51820, 0, true,
				&reading->err) < 0)
		return -1;
	return wireguard_calm(&reading->netlink, LINK, &request.tunnel, &reading->err);
}

/* The whole life of a link of the kernel's, in this namespace, where nothing is sent. */
static int make_device(struct reading *reading)
{
	struct device device = {
		.request = &request, .warnings = &reading->wrong, .netns = -1, .port = 51820
	};
	struct err second;
	int result = -1;

	must(netlink_open(NETLINK_ROUTE, &device.host, &second) == 0 &&
		     netlink_open(NETLINK_ROUTE, &device.route, &second) == 0 &&
		     netlink_open(NETLINK_GENERIC, &device.genl, &second) == 0,
	     "sockets");
	if (device_create(&device, &reading->err) == 0 &&
	    device_configure(&device, &reading->err) == 0 && device_up(&device, &reading->err) == 0)
		result = device_wait_handshakes(&device, &reading->err);
	(void)device_remove(&device, &device.route, &second);
	device_close(&device);
	return result;
}

static int (*const readers[])(struct reading *reading) = {
	read_link,   find_link,  delete_links,    delete_rules, list_rules,    list_addresses,
	list_routes, add_routes, read_guard,      add_guard,    compare_peers, look_for_key,
	read_socket, configure,  read_handshakes, make_device,
};

#define READERS (sizeof(readers) / sizeof(*readers))

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reading reading = { 0 };
	struct err err;

	if (!request.file)
		make_request();
	input = (struct bytes){ data, size };
	must(netlink_open(NETLINK_ROUTE, &reading.netlink, &err) == 0, "a socket");
	if (readers[take_byte(&input) % READERS](&reading) < 0)
		must_be_told(&reading.err, true);
	must_hold_no_secret(reading.err.line);
	must_be_lines(&reading.wrong);
	warnings_free(&reading.wrong);
	netlink_close(&reading.netlink);
	return 0;
}
