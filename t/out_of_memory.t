use strict;
use warnings;

# Memory runs out at every place where a worker asks for some on behalf of a page: a page that comes whole is right,
# with its tag or without, and the next one is served as ever. So it does in the threads of a worker that keeps events.

use AepOrigin;
use AepPatience qw(is_instrumented);
use AepServer;
use AepTag;
use File::Temp ();
use IO::Compress::Gzip ();
use IO::Uncompress::Gunzip ();
use Test::More;

plan skip_all => 'a sanitizer or valgrind has its own memory' if is_instrumented();

my $directory = File::Temp->newdir('aep-XXXXXX', TMPDIR => 1);
chmod 0755, $directory;

# An allocator that fails once: when a number in a file, counted down by each call, becomes 0. The first number is of
# nginx's own thread, the second of all others.
sub failing_allocator {
    open my $out, '>', "$directory/allocator.c" or die "allocator.c: $!";
    print $out "#define COUNTDOWN \"$directory/countdown\"\n", <<'C';
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
static int *countdowns;
static __thread int *countdown;
__attribute__((constructor)) static void begin(void)
{
    int file = open(COUNTDOWN, O_RDWR);
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    countdowns = memory == MAP_FAILED ? NULL : memory;
    close(file);
}
static int fails(void)
{
    if (countdown == NULL && countdowns != NULL)
        countdown = syscall(SYS_gettid) == getpid() ? countdowns : countdowns + 1;
    return countdown != NULL && __atomic_load_n(countdown, __ATOMIC_RELAXED) > 0
        && __atomic_sub_fetch(countdown, 1, __ATOMIC_RELAXED) == 0;
}
void *malloc(size_t size) { return fails() ? NULL : __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return fails() ? NULL : __libc_calloc(count, size); }
void *realloc(void *memory, size_t size) { return fails() ? NULL : __libc_realloc(memory, size); }
int posix_memalign(void **memory, size_t alignment, size_t size)
{
    *memory = fails() ? NULL : __libc_memalign(alignment, size);
    return *memory == NULL ? ENOMEM : 0;
}
C
    close $out or die "allocator.c: $!";
    return system("cc -shared -fPIC -O1 -o $directory/allocator.so $directory/allocator.c 2>$directory/cc.log") == 0;
}

my %position = (nginx => 0, threads => 4);

sub set_countdown {
    my ($of, $number) = @_;
    open my $out, '+<', "$directory/countdown" or die "countdown: $!";
    sysseek $out, $position{$of}, 0;
    syswrite $out, pack('l', $number);
    return;
}

sub countdown {
    my $of = shift;
    open my $in, '<', "$directory/countdown" or die "countdown: $!";
    sysseek $in, $position{$of}, 0;
    sysread $in, my $bytes, 4;
    return unpack 'l', $bytes;
}

open my $countdown, '>', "$directory/countdown" or die "countdown: $!";
print $countdown "\0" x 4096;
close $countdown;
chmod 0666, "$directory/countdown";
plan skip_all => 'the allocator does not compile here' unless failing_allocator();

# ---- a shop with every kind of page ----

my $page   = '<!doctype html><html lang="en"><head><title>Shop</title></head><body>' . join(' ', 1 .. 9000) . '</body></html>';
my $tagged = $page =~ s/(?=<title>)/[tag]/r;
IO::Compress::Gzip::gzip(\$page => \my $gzipped, Minimal => 1);

my $origin = AepOrigin->start(pause => 0.001);
my $header = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n";
my @cut    = unpack 'a17 a10 a6 a*', $page;
my $length = $origin->url('length', [$header . 'Content-Length: ' . length($page) . "\r\n\r\n$cut[0]", @cut[1 .. 3]]);
my $chunks = $origin->url('chunks',
    ["${header}Transfer-Encoding: chunked\r\n\r\n", (map { sprintf "%x\r\n%s\r\n", length, $_ } @cut), "0\r\n\r\n"]);
my $gzip = $origin->url('gzip', [$header . "Content-Encoding: gzip\r\nContent-Length: " . length($gzipped) . "\r\n\r\n",
    unpack 'a20 a*', $gzipped]);

my $server = AepServer->start(edge => 'http://127.0.0.1:1', workers => 1, preload => "$directory/allocator.so",
    http => 'charset utf-8;', server => <<"SERVER");
    proxy_http_version  1.1;
    location /disk/  { alias html/; default_type text/html; sendfile on; }
    location /memory/ { alias html/; default_type text/html; output_buffers 1 512; }
    location /encoder/ { alias html/; default_type text/html; sendfile on; gzip on; }
    location /length { proxy_pass $length; proxy_buffering off; }
    location /chunks { proxy_pass $chunks; proxy_buffering off; }
    location /gzip   { proxy_pass $gzip; }
    location /policy { proxy_pass $length; add_header Content-Security-Policy "script-src 'nonce-abc'"; }
SERVER
mkdir $server->directory . '/html';
open my $out, '>', $server->directory . '/html/page.html' or die "page.html: $!";
print $out $page;
close $out;

# The page, tags marked; nothing if it is not whole, or another than was asked for.
sub whole_page {
    my $path    = shift;
    my $waiting = $server->client->begin('GET', $path, '', 'Accept-Encoding' => 'gzip');
    my $answer  = $waiting->answer;
    my ($length) = @{ $answer->{headers}{'content-length'} // [] };
    my $is_whole = defined $length ? $length == length $answer->{body} : $waiting->{text} =~ /\r\n0\r\n\r\n\z/;
    return if $answer->{status} != 200 || !$is_whole;
    my $text = $answer->{body};
    if ($answer->{headers}{'content-encoding'}) {
        IO::Uncompress::Gunzip::gunzip(\$answer->{body} => \$text, Transparent => 0) or return 'no gzip';
    }
    return AepTag::marked($text) =~ s/\[tag nonce="abc"\]/[tag]/r;
}

for my $path (qw(/disk/page.html /memory/page.html /encoder/page.html /length /chunks /gzip /policy)) {
    whole_page($path);    # what is needed once
    my (%count, @wrong);
    for my $number (1 .. 400) {    # what is held back lies in memory as well
        set_countdown(nginx => $number);
        my $got = whole_page($path);
        my $is_over = countdown('nginx') > 0;
        set_countdown(nginx => 0);
        last if $is_over;
        $count{ !defined $got ? 'lost' : $got eq $tagged ? 'tagged' : $got eq $page ? 'untagged' : 'wrong' }++;
        push @wrong, "allocation $number: " . substr $got, 0, 100
            if defined $got && $got ne $tagged && $got ne $page;
        my $next = whole_page($path) // 'nothing';
        push @wrong, "after allocation $number: " . substr $next, 0, 100 if $next ne $tagged;
    }
    note("$path: ", join ', ', map { "$count{$_} $_" } sort keys %count);
    is(join("\n", grep { defined } @wrong[0 .. 2]), '', "$path: every page that is whole is right");
    cmp_ok($count{lost} // 0, '>', 0, "$path: memory did run out");
}

# ---- events, which Edge does not take, so that the queue does ----

my $event = '{"events":[{"xdm":{"eventType":"commerce.purchases"}}]}';
my (%outcome, @wrong);
for my $number (1 .. 200) {
    set_countdown(threads => $number);
    my $answer = $server->client->post($number % 2 ? '/ee/v1/interact' : '/ee/v1/collect', $event);
    set_countdown(threads => 0);
    $outcome{ $answer->{status} }++;
    push @wrong, "allocation $number: $answer->{status}" if $answer->{status} !~ /\A(?:200|204|503)\z/;
}
note('events: ', join ', ', map { "$outcome{$_} x $_" } sort keys %outcome);
is(join("\n", @wrong), '', 'every event is kept or refused');
# A queue that is opened anew takes a moment.
ok(AepServer::wait_until(sub { $server->client->post('/ee/v1/collect', $event)->{status} == 204 }),
    'and events are kept as ever');

$server->quit;
unlike($server->log, qr{exited on signal|exited with (?:fatal )?code [1-9]}, 'no worker ended by itself');
done_testing;
